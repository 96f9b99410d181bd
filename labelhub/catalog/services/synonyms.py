"""Other words for categories: made by curators, proposed by what people searched in vain."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.catalog.models import Category, Synonym, SynonymProposal
from labelhub.catalog.services import growing
from labelhub.catalog.services.spelling import Rule, normalised, respelt
from labelhub.errors import DomainError

LONGEST_WORD = 40  # characters; the tables take more than anybody searches for
WORD = re.compile(r"[가-힣]{2}|[a-z0-9]{2}", re.IGNORECASE)  # lone letters are an unfinished word


class NotASynonym(DomainError):
    """The word is empty, too long, or says what the name says already."""


class SynonymExists(DomainError):
    """The same synonym is in force."""


@transaction.atomic
def add(
    *,
    word: str,
    by: User,
    now: datetime,
    category: Category | None = None,
    stands_for: str = "",
    is_inside: bool = False,
) -> Synonym:
    """
    Add a synonym of a category, or of a word in the names of all categories.

    Args:
        category, stands_for: one of them.
        is_inside: `stands_for` may lie within a longer word.

    Raises:
        NotASynonym: the word is empty, too long, or the same as what it stands for.
        SynonymExists: it is there already.
    """
    growing.hold_tree()
    synonym = Synonym(
        word=_checked(word, category=category, stands_for=stands_for),
        category=category,
        stands_for="" if category else normalised(stands_for),
        is_inside=is_inside and category is None,
        created_by=by,
        created_at=now,
    )
    try:
        with transaction.atomic():
            synonym.save()
    except IntegrityError:
        raise SynonymExists(_("%(word)s is a synonym already.") % {"word": word}) from None
    growing.note_change(now=now)
    audit.record(by=by, verb="added synonym", target=synonym, details=_told(synonym), now=now)
    return synonym


def _checked(word: str, *, category: Category | None, stands_for: str) -> str:
    plain, other = normalised(word), normalised(category.name if category else stands_for)
    if not plain or not other:
        raise NotASynonym(_("Write the word, and what it stands for."))
    if len(plain) > LONGEST_WORD or (not category and len(other) > LONGEST_WORD):
        raise NotASynonym(_("A synonym has at most %(most)s characters.") % {"most": LONGEST_WORD})
    if plain == other:
        raise NotASynonym(_("The category has this name already; a synonym is another word."))
    return plain


def _told(synonym: Synonym) -> dict[str, str]:
    of = synonym.category.path if synonym.category else synonym.stands_for
    return {"word": synonym.word, "of": of}


@transaction.atomic
def remove(*, synonym: Synonym, by: User, now: datetime) -> None:
    """Retire a synonym; nothing happens when it is retired already."""
    growing.hold_tree()
    current = Synonym.objects.current().filter(pk=synonym.pk)
    if not current.update(retired_at=now, retired_by=by):
        return
    growing.note_change(now=now)
    audit.record(by=by, verb="removed synonym", target=synonym, details=_told(synonym), now=now)


def propose(*, word: str, category: Category, by: User, now: datetime) -> None:
    """
    Count a word that somebody searched for in vain before they chose this category.

    Words that make no synonym are passed over: unfinished ones, ids, and those that find the
    category already. What a curator dismissed stays dismissed. Never call it with an answer
    that a model suggested: people would be taught the model's words.
    """
    plain = normalised(word)
    if not _is_worth_it(plain, category):
        return
    proposal, _is_new = SynonymProposal.objects.get_or_create(
        word=plain, category=category, defaults={"last_by": by, "last_at": now}
    )
    SynonymProposal.objects.filter(pk=proposal.pk).update(
        count=F("count") + 1, last_by=by, last_at=now
    )


def _is_worth_it(word: str, category: Category) -> bool:
    if len(word) > LONGEST_WORD or not WORD.search(word) or word.isdecimal():
        return False
    names = normalised(category.path).split(">")
    known = [*names, *(other for name in names for other in respelt(name, rules()))]
    known += (
        Synonym.objects.current()
        .filter(category__in=category.lineage)
        .values_list("word", flat=True)
    )
    return not any(word in name for name in known)


@transaction.atomic
def accept(*, proposal: SynonymProposal, by: User, now: datetime) -> None:
    """Make a proposed word a synonym of its category; it may be there already."""
    _decide(proposal, SynonymProposal.State.ACCEPTED, by=by, now=now)
    with_same_word = proposal.category.synonyms.current().filter(word=proposal.word)
    if not with_same_word.exists():
        add(word=proposal.word, category=proposal.category, by=by, now=now)


@transaction.atomic
def dismiss(*, proposal: SynonymProposal, by: User, now: datetime) -> None:
    """Refuse a proposed word; it is not proposed for this category again."""
    _decide(proposal, SynonymProposal.State.DISMISSED, by=by, now=now)
    details = {"word": proposal.word, "of": proposal.category.path}
    audit.record(by=by, verb="dismissed synonym", target=proposal, details=details, now=now)


def _decide(
    proposal: SynonymProposal, state: SynonymProposal.State, *, by: User, now: datetime
) -> None:
    open_one = SynonymProposal.objects.filter(pk=proposal.pk, state=SynonymProposal.State.PROPOSED)
    if not open_one.update(state=state, decided_by=by, decided_at=now):
        raise NotASynonym(_("Somebody has decided on this proposal already."))


def rules() -> list[Rule]:
    """Return the synonyms of words, in the order of the words."""
    found = Synonym.objects.current().of_words().order_by("stands_for", "word", "pk")
    return [Rule(*row) for row in found.values_list("word", "stands_for", "is_inside")]


def of_categories() -> dict[int, list[str]]:
    """Return the synonyms that are in force for a category itself, by its key."""
    rows = Synonym.objects.current().of_categories().order_by("category", "word")
    found: dict[int, list[str]] = {}
    for category, word in rows.values_list("category_id", "word"):
        found.setdefault(category, []).append(word)
    return found


def fitting(word: str) -> Q:
    """Return the condition of categories that a word fits by a synonym, itself or an ancestor's."""
    plain = normalised(word)
    found = Q(lineage__overlap=_categories_with(plain))
    for rule in rules():
        if rule.word == plain:
            found |= Q(path__icontains=rule.stands_for)
    return found


def _categories_with(word: str) -> list[int]:
    with_word = Synonym.objects.current().of_categories().filter(word=word)
    return list(with_word.values_list("category_id", flat=True))
