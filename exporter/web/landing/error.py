"""The page that says what is wrong with a request."""

from exporter.hypertext import name
from exporter.web.landing import markup
from exporter.web.places import Places


def render_error(where: Places, said: str) -> str:
    """A page with the line that programs get, and ways on."""
    title = "There is no such page" if said.startswith(("404", "no ")) else "This cannot be shown"
    head = f"<h1>{title}</h1>\n{markup.ways(where)}\n{markup.search(where)}"
    ways = "The box above finds an entity or a service by its name or id."
    body = f'<p class="nothing">{name(said.strip())}</p><p class="nothing soft">{ways}</p>'
    return markup.document(title, head, f"<section>{body}</section>")
