"""Fit the speed model to published measurements and write catalogs/speed.json.

    python tests/fits/fit_speed.py catalogs/measurements.json [--write catalogs/speed.json]

Instead of the catalog it reads a CSV, as tests/fits/table.py describes.

Prints how far it is off on hardware it has not seen, every kind of hardware left out in turn.
"""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from fits import decode, prefill
from fits.judge import bands, by, careful, coverage, groups, held_out, pulls, summary
from fits.table import Table, read_table

ABOUT = (
    "Parameters of the speed model, fitted in logarithms with robust errors and priors, every kind of "
    "hardware weighing the same. Numbers without a unit are factors; a missing name has the factor 1. bands: "
    "the measured speed lies within this factor of the estimate, either way, about four times in five, "
    "on hardware that was not fitted. held_out: every kind of hardware left out in turn."
)
HAND_WIDENED = {"offload": 2.0, "cpu wide": 2.5}
"""Groups without enough measurements for a band of their own."""


def main() -> None:
    """Fit, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("measurements", type=Path, help="catalogs/measurements.json, or a CSV")
    parser.add_argument("--write", type=Path, help="the catalog to write")
    parsed = parser.parse_args()
    table = read_table(parsed.measurements, "tg")
    fitter = decode.decode_fitter(table)
    errors = held_out(fitter, table)
    labels = groups(table)
    print("decode, every kind of hardware left out in turn:", json.dumps(summary(errors, table)))
    print("bands hold, % of rows and % of kinds:", coverage(errors, table, labels))
    print_slices(errors, table)
    prompts = read_table(parsed.measurements, "pp")
    prompt_fitter = prefill.prefill_fitter(prompts)
    prompt_errors = held_out(prompt_fitter, prompts)
    prompt_labels = groups(prompts)
    print("prefill, the same:", json.dumps(summary(prompt_errors, prompts)))
    print("bands hold, % of rows and % of kinds:", coverage(prompt_errors, prompts, prompt_labels))
    print_slices(prompt_errors, prompts)
    whole = fitter.fit(np.ones(len(table.rows)))
    wide = bands(prompt_errors, prompts, prompt_labels)
    if parsed.write:
        fitted = {
            "schema": 1,
            "about": ABOUT,
            "date": date.today().isoformat(),
            "held_out": {"decode": summary(errors, table), "prefill": summary(prompt_errors, prompts)},
            "decode": decode.as_catalog(fitter, whole),
            "prefill": prefill.as_catalog(prompt_fitter, prompt_fitter.fit(np.ones(len(prompts.rows)))),
            "bands": careful(bands(errors, table, labels), table, labels, 1.5) | HAND_WIDENED,
            "prefill_bands": careful(wide, prompts, prompt_labels, 3.0) | {"offload": 3.0},
            "pulls": pulls(fitter.predict(whole) - fitter.log_seconds, table),
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
