"""Fit the speed model to published measurements and write catalogs/speed.json.

    python tests/fits/fit_speed.py MEASUREMENTS.csv [--write FILE]

Prints how far it is off on hardware it has not seen, every kind of hardware left out in turn.
"""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from fits.decode import as_catalog, decode_fitter
from fits.judge import bands, by, coverage, groups, held_out, summary
from fits.table import Table, read_csv

ABOUT = (
    "Parameters of the speed model, fitted in logarithms with robust errors and priors, every kind of "
    "hardware weighing the same. Numbers without a unit are factors; a missing name has the factor 1. bands: "
    "the measured speed lies within this factor of the estimate, either way, about four times in five, "
    "on hardware that was not fitted. held_out: every kind of hardware left out in turn."
)
HAND_WIDENED = {"offload": 2.0}
"""Groups without enough measurements for a band of their own."""


def main() -> None:
    """Fit, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("measurements", type=Path, help="a CSV as tests/fits/table.py describes")
    parser.add_argument("--write", type=Path, help="the catalog to write")
    parsed = parser.parse_args()
    table = read_csv(parsed.measurements, "tg")
    fitter = decode_fitter(table)
    errors = held_out(fitter, table)
    labels = groups(table)
    print("decode, every kind of hardware left out in turn:", json.dumps(summary(errors, table)))
    print("bands hold, % of rows and % of kinds:", coverage(errors, table, labels))
    print_slices(errors, table)
    if parsed.write:
        fitted = {
            "schema": 1,
            "about": ABOUT,
            "date": date.today().isoformat(),
            "held_out": {"decode": summary(errors, table)},
            "decode": as_catalog(fitter, fitter.fit(np.ones(len(table.rows)))),
            "bands": {k: round(v, 3) for k, v in bands(errors, table, labels).items()} | HAND_WIDENED,
        }
        parsed.write.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def print_slices(errors: np.ndarray, table: Table) -> None:
    """Median errors of the parts people ask about."""
    columns = {
        "class": table.classes,
        "backend": table.labels("backend"),
        "engine": table.labels("engine"),
        "arithmetic": table.labels("arithmetic"),
        "experts": table.labels("experts"),
        "band group": groups(table),
    }
    for name, column in columns.items():
        print(f"  by {name}:", ", ".join(f"{k} {e} % ({n})" for k, (n, e) in by(errors, column).items()))


if __name__ == "__main__":
    main()
