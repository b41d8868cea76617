"""What a page asks for and complains of, and when it has shown what its address says."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Page

# One page of each template.
TEMPLATES = (
    "index.html",
    "stat_003_014.html",
    "cube_003_014.html",
    "stat_020_033.html",
    "area/24062.html",
    "area/12041.html",
    "area/01000.html",
    "variables/REGCONTACT.html",
    "releases.html",
    "about.html",
)


@dataclass
class Watched:
    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def bytes_of_files(self) -> int:
        """The size of every file that was asked for."""
        paths = {unquote(urlsplit(each).path) for each in self.requests if each.startswith("file:")}
        return sum(Path(path).stat().st_size for path in paths)


def watched(page: Page) -> Watched:
    seen = Watched(page)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("console", lambda message: seen.complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    return seen


def visit(page: Page, site: Path, path: str) -> None:
    """Go to a page and wait until it shows what its address says."""
    page.goto(f"{(site / path.partition('#')[0]).resolve().as_uri()}{''.join(path.partition('#')[1:])}")
    settle(page)


def settle(page: Page) -> None:
    page.wait_for_function(
        """() => {
            const config = document.getElementById('page');
            if (!config) return true;
            const shown = document.documentElement.dataset.shown;
            return JSON.parse(config.textContent).kind === 'statistic' ? shown === location.hash : shown === 'start';
        }"""
    )
