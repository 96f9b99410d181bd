"""Make a corpus of training rows out of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from labelhub.commands import BaseCommand
from labelhub.errors import DomainError
from labelhub.registry.services import corpora, corpus_pictures
from labelhub.registry.services.corpus_pictures import CorpusPictures
from mlcore.corpus.checks import RefusedRow
from mlcore.corpus.store import CorpusSummary, Refused
from mlcore.progress import BadInput
from mlcore.text.word_list import WordList

SHOWN_ROWS = 20  # refused rows printed; the corpus's record holds all


class Command(BaseCommand):
    help = "Import training rows (CSV, also gzipped, or Parquet) as a corpus with tokens."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--name", required=True, help="What people call the corpus.")
        parser.add_argument(
            "--keep-good", action="store_true", help="Import the usable rows, leave out the others."
        )
        parser.add_argument("--encoding", help="Of a CSV file; detected unless given.")
        parser.add_argument(
            "--words", type=Path, metavar="FILE", help="Words that stay whole, one a line."
        )
        parser.add_argument(
            "--images", type=Path, metavar="ZIP|FOLDER", help="The pictures that rows name."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            corpus = corpora.import_corpus(
                file=options["file"],
                name=options["name"],
                by=None,
                now=timezone.now(),
                keep_good=options["keep_good"],
                encoding=options["encoding"],
                images=options["images"],
                words=WordList.read(options["words"]) if options["words"] else corpora.NO_WORDS,
            )
        except Refused as refusal:
            self._print_refused(refusal.refused)
            raise CommandError(f"{refusal} Correct them, or use --keep-good.") from None
        except (DomainError, BadInput) as refusal:
            raise CommandError(str(refusal)) from None
        self._print_summary(corpus.name, corpora.summary(corpus))
        if pictures := corpus_pictures.summary(corpus):
            self._print_pictures(pictures)

    def _print_summary(self, name: str, summary: CorpusSummary) -> None:
        encoding = f", read as {summary.encoding}" if summary.encoding else ""
        self.stdout.write(
            f"Corpus {name}: {summary.rows:,} rows in {summary.categories:,} categories{encoding}."
        )
        self.stdout.write(f"Tokens by {summary.tokeniser}; fingerprint {summary.fingerprint}.")
        if summary.refused:
            self.stdout.write(f"Left out {len(summary.refused):,} rows:")
            self._print_refused(summary.refused)

    def _print_pictures(self, pictures: CorpusPictures) -> None:
        self.stdout.write(f"Rows with a picture: {pictures.rows:,}.")
        if pictures.unusable:
            self.stdout.write(f"Pictures that cannot be used: {pictures.unusable:,}:")
            for problem in pictures.problems[:SHOWN_ROWS]:
                self.stdout.write(f"  {problem.name}: {problem.flaw}")

    def _print_refused(self, refused: tuple[RefusedRow, ...]) -> None:
        for row in refused[:SHOWN_ROWS]:
            self.stdout.write(f"  line {row.line}, {row.column or 'row'}: {row.reason}")
        if len(refused) > SHOWN_ROWS:
            self.stdout.write(f"  … and {len(refused) - SHOWN_ROWS:,} more")
