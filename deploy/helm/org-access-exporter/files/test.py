"""What `helm test` runs: is there something to show, and is it shown? If not, the last line says why not."""

import sys
import time
import urllib.error
import urllib.request

# A proxy for the pod is for AWS.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def trouble(url: str) -> str | None:
    """What is wrong with an address, or None."""
    try:
        with OPENER.open(url, timeout=10) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        return f"{url} answers {error.code}: {error.read(4000).decode(errors='replace').strip()}"
    except OSError as error:
        reason = getattr(error, "reason", error)
        return f"{url} cannot be reached: {reason}. Does a pod run, and does a NetworkPolicy let this one in?"
    if url.endswith("/metrics") and b"\naws_org_access_up{" not in text:
        return f"{url} shows no organization"
    print(f"{url}: well, {len(text)} bytes")
    return None


seconds, *urls = sys.argv[1:]
deadline = time.monotonic() + float(seconds)
for url in urls:
    while found := trouble(url):
        if time.monotonic() >= deadline:
            sys.exit(found)
        time.sleep(1)
