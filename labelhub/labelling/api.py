"""Labelling over /api/v1: claim, answer, skip, flag, undo."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.accounts.models import User
from labelhub.accounts.permissions import Allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import notice
from labelhub.api_refusals import missing, refused
from labelhub.catalog.models import Category
from labelhub.labelling import inputs, serializers
from labelhub.labelling.models import Assignment, Flag, Round
from labelhub.labelling.services import (
    annotations,
    answering,
    claims,
    flags,
    guidelines,
    sealing,
    showing,
)
from labelhub.labelling.services.annotations import Kept, Outcome
from labelhub.labelling.services.answering import Answer as Said
from labelhub.labelling.services.showing import Served

STATUS = {Outcome.KEPT: 201, Outcome.LATE: 201, Outcome.REPEATED: 200, Outcome.CLOSED: 202}

# Made once: reading their declarations again at every request takes longer than the answer.
CLAIM, ANSWER, SKIP = inputs.ClaimIn(), inputs.AnswerIn(), inputs.SkipIn()
FLAG, HELD = inputs.FlagIn(), inputs.HeldIn()
RELEASE, UNDO = inputs.ReleaseIn(), inputs.UndoIn()


class ApiRequest(Request):
    """A request behind `Allowed`: somebody is logged in."""

    user: User


PROBLEMS: dict[int, Any] = {
    404: missing("not a round of the caller's"),
    409: refused("refused by the rules, with the reason"),
}


def served(claimed: Sequence[Served]) -> list[dict[str, Any]]:
    """Return assignments as they leave."""
    return [serializers.assignment(each) for each in claimed]


def own_round(user: User, round_id: int) -> Round:
    """Return a round that this person belongs to, or 404."""
    return get_object_or_404(Round.objects.of(user), pk=round_id)


def own_assignment(user: User, number: int) -> Assignment:
    """Return an assignment of a round that this person belongs to, or 404."""
    try:
        return answering.own_assignment(user, number)
    except Assignment.DoesNotExist as error:
        raise Http404 from error


class Rounds(APIView):
    """The open rounds that the caller may label in."""

    permission_classes = [Allowed(Action.LABEL)]

    @extend_schema(responses=serializers.RoundOut(many=True))
    def get(self, request: ApiRequest) -> Response:
        rounds = Round.objects.open_to(request.user).order_by("name", "pk")
        context = {"guidelines": guidelines.newest_of(each.guideline_id for each in rounds)}
        return Response(serializers.RoundOut(rounds, many=True, context=context).data)


class Claim(APIView):
    """Lease the next assignments; what the caller holds already comes first."""

    permission_classes = [Allowed(Action.LABEL)]

    @extend_schema(
        request=inputs.ClaimIn,
        responses={201: serializers.AssignmentOut(many=True), **PROBLEMS},
    )
    def post(self, request: ApiRequest, round_id: int) -> Response:
        notice.refuse_unread(request.user)
        wanted = CLAIM.run_validation(request.data)
        round, wish = own_round(request.user, round_id), wanted["filter"]
        if hidden := wish.hidden_in(round):
            reason = _("This round does not show: %(fields)s.") % {"fields": ", ".join(hidden)}
            raise ValidationError({"filter": [reason]})
        claimed = claims.claim(
            round=round,
            annotator=request.user,
            now=timezone.now(),
            count=wanted["count"],
            wish=wish,
        )
        return Response(served(claimed), status=201)


class Renew(APIView):
    """Renew the leases of assignments that a page holds, and say which have gone."""

    permission_classes = [Allowed(Action.LABEL)]

    @extend_schema(request=inputs.HeldIn, responses={200: serializers.HeldOut, **PROBLEMS})
    def post(self, request: ApiRequest, round_id: int) -> Response:
        asked = HELD.run_validation(request.data)
        held, passed = claims.renew(
            round=own_round(request.user, round_id),
            annotator=request.user,
            numbers=asked["assignments"],
            now=timezone.now(),
        )
        return Response({"held": held, "passed": passed})


class Release(APIView):
    """Give leases back, when the page closes; an answer that still comes counts all the same."""

    permission_classes = [Allowed(Action.LABEL)]

    @extend_schema(request=inputs.ReleaseIn, responses={204: None, **PROBLEMS})
    def post(self, request: ApiRequest, round_id: int) -> Response:
        asked = RELEASE.run_validation(request.data)
        claims.release(
            round=own_round(request.user, round_id),
            annotator=request.user,
            numbers=asked["assignments"],
            until=asked["until"],
        )
        return Response(status=204)


class Answer(APIView):
    """Keep the answer to an assignment and lease what comes next; a second one shows the first."""

    permission_classes = [Allowed(Action.LABEL)]

    @extend_schema(
        request=inputs.AnswerIn,
        responses={
            201: serializers.AnsweredOut,
            200: OpenApiResponse(serializers.AnsweredOut, "the first answer stands"),
            202: OpenApiResponse(serializers.AnsweredOut, "kept until the round reopens"),
            **PROBLEMS,
        },
    )
    def post(self, request: ApiRequest, assignment_id: int) -> Response:
        sent = ANSWER.run_validation(request.data)
        said = Said(
            number=_known(assignment_id),
            category_id=sent["category_id"],
            comment=sent["comment"],
            key=sent["key"],
            missed=sent["missed"],
        )
        try:
            kept, following = answering.answer(
                answer=said, annotator=request.user, ahead=sent["ahead"], now=timezone.now()
            )
        except (Assignment.DoesNotExist, Category.DoesNotExist) as error:
            raise Http404 from error
        return Response(_answered(kept, said, following), status=STATUS[kept.outcome])


class Skip(APIView):
    """Give an assignment back for somebody else and lease what comes next."""

    permission_classes = [Allowed(Action.LABEL)]

    @extend_schema(request=inputs.SkipIn, responses={200: serializers.NextOut, **PROBLEMS})
    def post(self, request: ApiRequest, assignment_id: int) -> Response:
        sent = SKIP.run_validation(request.data)
        try:
            following = answering.skip(
                number=assignment_id,
                annotator=request.user,
                reason=sent["reason"],
                ahead=sent["ahead"],
                now=timezone.now(),
            )
        except Assignment.DoesNotExist as error:
            raise Http404 from error
        return Response({"next": served(following)})


class Unskip(APIView):
    """Take back a skip, as long as nobody else has the sample; return its assignment."""

    permission_classes = [Allowed(Action.LABEL)]

    @extend_schema(request=None, responses={200: serializers.AssignmentOut, **PROBLEMS})
    def post(self, request: ApiRequest, assignment_id: int) -> Response:
        assignment = own_assignment(request.user, assignment_id)
        annotations.unskip(assignment=assignment, annotator=request.user, now=timezone.now())
        [reopened] = showing.served(assignment.round, [assignment.pk])
        return Response(serializers.assignment(reopened))


class RaiseFlag(APIView):
    """Say that something is wrong with the sample; the assignment goes on waiting."""

    permission_classes = [Allowed(Action.LABEL)]

    @extend_schema(
        request=inputs.FlagIn,
        responses={
            201: serializers.FlagOut,
            200: OpenApiResponse(serializers.FlagOut, "flagged already"),
            **PROBLEMS,
        },
    )
    def post(self, request: ApiRequest, assignment_id: int) -> Response:
        sent = FLAG.run_validation(request.data)
        raised, is_new = flags.flag(
            assignment=own_assignment(request.user, assignment_id),
            annotator=request.user,
            kind=Flag.Kind(sent["kind"]),
            comment=sent["comment"],
            now=timezone.now(),
        )
        return Response(serializers.FlagOut(raised).data, status=201 if is_new else 200)


class Undo(APIView):
    """Take back the caller's last answer in the round, or a certain one; return its assignment."""

    permission_classes = [Allowed(Action.LABEL)]

    @extend_schema(request=inputs.UndoIn, responses={200: serializers.UndoneOut, **PROBLEMS})
    def post(self, request: ApiRequest, round_id: int) -> Response:
        asked = UNDO.run_validation(request.data)
        round, number = own_round(request.user, round_id), asked["assignment"]
        last = annotations.undo(
            round=round,
            annotator=request.user,
            assignment_id=number and sealing.opened_in(round, number),
            now=timezone.now(),
        )
        [reopened] = showing.served(round, [last.assignment_id])
        was = {
            "category_id": last.category_id,
            "path": last.category.path if last.category else None,
            "is_undecidable": last.is_undecidable,
            "comment": last.comment,
        }
        return Response({**serializers.assignment(reopened), "was": was})


def _answered(kept: Kept, said: Said, following: Sequence[Served]) -> dict[str, Any]:
    made = kept.annotation
    return {
        "annotation": made and serializers.annotation(made),
        "next": served(following),
        "outcome": str(kept.outcome),
        "detail": _explained(kept, said),
    }


def _explained(kept: Kept, said: Said) -> str:
    """Say what became of an answer when it is not what the person expects."""
    if kept.outcome == Outcome.LATE:
        return _("This product had passed to somebody else. Your answer is kept and counts.")
    if kept.outcome == Outcome.CLOSED:
        return _("The round was closed meanwhile. Your answer is kept and counts if it reopens.")
    first = kept.annotation
    if kept.outcome == Outcome.REPEATED and first and first.category_id != said.category_id:
        return _("You had answered this product already; your first answer stands.")
    return ""


def _known(number: int) -> int:
    """Return a number that the database can look for, or 404."""
    if number > inputs.BIGGEST_ID:
        raise Http404
    return number
