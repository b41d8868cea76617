"""The made-up map: its regions, sectors and factors."""

from collections import Counter, defaultdict

import pytest

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.geography import region_of
from imaatlas_spark.synthetic.parameters import Parameters
from imaatlas_spark.synthetic.territory import Cell, lay_out, sector_rows


@pytest.fixture(scope="module")
def cells(configuration: Configuration, parameters: Parameters) -> tuple[Cell, ...]:
    return lay_out(configuration.geography, parameters.territory, 100_000)


def test_the_regions_have_their_share_of_the_people(cells: tuple[Cell, ...], parameters: Parameters) -> None:
    found = Counter(region_of(cell.origin) for cell in cells)
    people = parameters.territory.population.by_code
    for region, count in people.items():
        assert found[region] / len(cells) == pytest.approx(count / sum(people.values()), abs=0.001)


def test_every_municipality_of_the_first_map_has_people(cells: tuple[Cell, ...], configuration: Configuration) -> None:
    geography = configuration.geography
    assert {cell.origin for cell in cells} == set(geography.municipalities_in(geography.first_year))


def test_no_sector_stands_twice_and_none_could_be_real(cells: tuple[Cell, ...], configuration: Configuration) -> None:
    sectors = [row[0] for row in sector_rows(cells, configuration.geography)]
    assert len(sectors) == len(set(sectors))
    assert all(len(sector) == 9 for sector in sectors)
    assert all(sector[5] == "-" or sector.endswith("ZZZZ") for sector in sectors)


def test_a_sector_lies_in_the_municipality_of_its_cell(cells: tuple[Cell, ...], configuration: Configuration) -> None:
    geography = configuration.geography
    for year in (2018, 2019, 2025):
        recoding = geography.recoding(year)
        assert all(recoding[cell.sector_in(year)[:5]] == recoding[cell.origin] for cell in cells)


def test_levels_of_municipalities_leave_their_region_as_it_is(cells: tuple[Cell, ...]) -> None:
    factors: dict[str, list[float]] = defaultdict(list)
    for cell in cells:
        factors[cell.region].append(cell.contact_factor)
    assert all(sum(each) / len(each) == pytest.approx(1.0) for each in factors.values())
