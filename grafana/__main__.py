"""``python -m grafana``: writes the dashboards, and what the chart has of them and of the rules."""

from grafana.files import generated


def main() -> None:
    """Write each generated file, and say which."""
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
