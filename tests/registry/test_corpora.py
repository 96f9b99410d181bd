from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from labelhub.accounts.models import AuditEntry
from labelhub.registry.models import Corpus
from labelhub.registry.services import corpora, folders
from mlcore.corpus.store import Refused
from tests.factories import NOW
from tests.registry.rows import PAN, SHIRT, make_corpus, write_rows

pytestmark = pytest.mark.django_db


def test_a_corpus_holds_every_row_with_its_tokens(tmp_path):
    corpus = make_corpus(tmp_path)

    rows = corpora.read(corpus)

    assert (corpus.rows, corpus.categories) == (10, 2)
    assert set(rows["category_path"].to_pylist()) == {SHIRT, PAN}
    assert rows["name_tokens"].to_pylist()[0] == ["남성", "셔츠"]


def test_importing_a_corpus_leaves_an_audit_entry(tmp_path, curator):
    file = write_rows(tmp_path / "rows.csv")

    corpora.import_corpus(file=file, name="shop", by=curator, now=NOW)

    entry = AuditEntry.objects.get()
    assert (entry.by, entry.verb) == (curator, "imported a corpus")
    assert entry.details == {"name": "shop", "rows": 10, "refused": 0}


def test_a_corpus_name_is_given_once(tmp_path):
    make_corpus(tmp_path)

    with pytest.raises(folders.NameInUse, match="shop"):
        make_corpus(tmp_path)

    assert Corpus.objects.count() == 1


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "가" * 81])
def test_a_name_that_is_no_folder_name_is_refused(tmp_path, name):
    with pytest.raises(folders.BadName):
        corpora.import_corpus(file=write_rows(tmp_path / "rows.csv"), name=name, by=None, now=NOW)


def test_refused_rows_keep_everything_out_and_leave_no_folder(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("product_id,product_name,category_path\n1,셔츠,패션\n2,,패션\n")

    with pytest.raises(Refused):
        corpora.import_corpus(file=file, name="shop", by=None, now=NOW)

    assert not Corpus.objects.exists()
    assert list((tmp_path / "corpora").iterdir()) == []


def test_good_rows_are_kept_when_asked(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("product_id,product_name,category_path\n1,셔츠,패션\n2,,패션\n")

    corpus = corpora.import_corpus(file=file, name="shop", by=None, now=NOW, keep_good=True)

    assert corpus.rows == 1
    assert len(corpora.summary(corpus).refused) == 1


def test_a_folder_without_a_row_is_replaced(tmp_path):
    left_by_a_killed_import = tmp_path / "corpora" / "shop"
    left_by_a_killed_import.mkdir(parents=True)

    corpus = make_corpus(tmp_path)

    assert corpora.read(corpus).num_rows == 10


def test_the_command_prints_what_it_imported(tmp_path, capsys):
    file = write_rows(tmp_path / "rows.csv")

    call_command("import_corpus", str(file), "--name", "shop")

    assert "Corpus shop: 10 rows in 2 categories, read as utf-8." in capsys.readouterr().out


def test_the_command_keeps_the_words_of_a_file_whole(tmp_path):
    file, words = write_rows(tmp_path / "rows.csv"), tmp_path / "words.txt"
    words.write_text("남성셔츠\n린넨\n", encoding="utf-8")

    call_command("import_corpus", str(file), "--name", "shop", "--words", str(words))

    assert corpora.words(Corpus.objects.get()).words == ("남성셔츠", "린넨")


def test_the_command_says_that_words_cannot_be_read(tmp_path):
    file = write_rows(tmp_path / "rows.csv")

    with pytest.raises(CommandError, match="holds no readable list of words"):
        call_command("import_corpus", str(file), "--name", "shop", "--words", str(tmp_path))


def test_the_command_names_the_refused_lines(tmp_path, capsys):
    file = tmp_path / "rows.csv"
    file.write_text("product_id,product_name,category_path\n1,셔츠,패션\n2,,패션\n")

    with pytest.raises(CommandError, match="--keep-good"):
        call_command("import_corpus", str(file), "--name", "shop")

    assert "line 3" in capsys.readouterr().out


def test_the_command_says_that_a_file_is_missing(tmp_path):
    with pytest.raises(CommandError, match=r"nothing\.csv"):
        call_command("import_corpus", str(tmp_path / "nothing.csv"), "--name", "shop")
