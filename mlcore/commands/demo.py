"""`demo`: write a large made-up market whose truth is known."""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from mlcore.commands import files
from mlcore.demo.bulk import FORMATS, Order, write_large_market
from mlcore.demo.conditions import Conditions

SIDE = 224
"""Pixels of a photo: what the common backbones read."""

SHOWN_OF = 5
"""One row to measure on for so many training rows, up to `MOST_SHOWN`."""

MOST_SHOWN = 100_000


def add(commands: Any) -> None:
    """Add the command to the parser."""
    demo = commands.add_parser("demo", help="write a made-up market whose truth is known")
    demo.add_argument("--rows", type=int, required=True, help="training rows, up to any number")
    demo.add_argument("--out", type=Path, required=True, help="folder of the market")
    demo.add_argument("--shown", type=int, help="rows to measure on; a fifth unless given")
    demo.add_argument("--unlabelled", type=int, default=0, help="names without a category")
    demo.add_argument("--images", action="store_true", help="draw a photo of each product")
    demo.add_argument("--side", type=int, default=SIDE, help="pixels of a photo")
    demo.add_argument("--form", choices=FORMATS, default=FORMATS[0])
    demo.add_argument("--processes", type=int, help="as many as processors unless given")
    for field in dataclasses.fields(Conditions):
        option = f"--{field.name.replace('_', '-')}"
        kind = type(field.default)
        demo.add_argument(option, type=kind, default=field.default, help="default %(default)s")
    demo.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write the market and print what it was made of."""
    names = [field.name for field in dataclasses.fields(Conditions)]
    conditions = Conditions(**{name: getattr(options, name) for name in names})
    order = Order(
        rows=options.rows,
        shown=options.shown or min(max(options.rows // SHOWN_OF, 1), MOST_SHOWN),
        unlabelled=options.unlabelled,
        side=options.side if options.images else 0,
        form=options.form,
    )
    write_large_market(
        options.out, conditions, order, processes=options.processes, progress=files.show
    )
    files.put({**dataclasses.asdict(order), "conditions": dataclasses.asdict(conditions)})
