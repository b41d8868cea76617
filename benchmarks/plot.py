"""Seconds of work against claim lines, of every rival and every size that has been measured.

python -m benchmarks.plot
"""

from pathlib import Path

from matplotlib.figure import Figure

from benchmarks.results import FOLDER, by_rival, read_runs

PICTURE = FOLDER / "time_against_size.png"


def plot(folder: Path = FOLDER, picture: Path = PICTURE) -> None:
    """Both axes logarithmic: work that grows with the lines is a straight line of slope 1."""
    points: dict[str, list[tuple[int, float]]] = {}
    for path in folder.glob("*.csv"):
        for rival, runs in by_rival(read_runs(path)).items():
            if runs:
                points.setdefault(rival, []).append((runs[0].lines, min(run.work for run in runs)))
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    for rival, measured in sorted(points.items()):
        lines, seconds = zip(*sorted(measured), strict=True)
        axes.loglog(lines, seconds, marker="o", linestyle=":" if rival.startswith("floor") else "-", label=rival)
    axes.set(xlabel="claim lines", ylabel="seconds of work, best turn", title="Time against size")
    axes.grid(visible=True, which="both", alpha=0.3)
    if points:
        axes.legend()
    figure.savefig(picture, dpi=120)


if __name__ == "__main__":
    plot()
