"""Labelling over /api/v1: claim, answer, skip, undo."""

from collections.abc import Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.accounts.models import User
from labelhub.accounts.permissions import Allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import notice
from labelhub.catalog.models import Category
from labelhub.labelling import serializers
from labelhub.labelling.models import Assignment, Round
from labelhub.labelling.services import annotations, claims, guidelines, showing


class ApiRequest(Request):
    """A request behind `Allowed`: somebody is logged in."""

    user: User


PROBLEMS: dict[int, Any] = {
    401: OpenApiResponse(serializers.ProblemOut, "not logged in"),
    403: OpenApiResponse(serializers.ProblemOut, "the role may not label"),
    404: OpenApiResponse(serializers.ProblemOut, "not a round of the caller's"),
    409: OpenApiResponse(serializers.RefusalOut, "refused by the rules, with the reason"),
}


def served(claimed: Sequence[Assignment]) -> list[dict[str, Any]]:
    """Return assignments of one round as they leave."""
    rows = Assignment.objects.select_related("round").filter(pk__in=[each.pk for each in claimed])
    samples = showing.with_pictures().in_bulk([each.sample_id for each in claimed])
    found = {each.pk: each for each in rows}
    ordered = [found[each.pk] for each in claimed]
    for each in ordered:
        each.sample = samples[each.sample_id]
    proposals = showing.suggestions(ordered, ordered[0].round) if ordered else {}
    context = {"suggestions": proposals}
    out = serializers.AssignmentOut(ordered, many=True, context=context)
    return list(out.data)


def next_for(round: Round, annotator: User) -> dict[str, Any] | None:
    """Claim what comes next, or return None when the round has nothing left for this person."""
    try:
        claimed = claims.claim(round=round, annotator=annotator, now=timezone.now(), count=1)
    except (claims.NothingToClaim, claims.RoundNotOpen):
        return None
    return served(claimed)[0]


def own_round(user: User, round_id: int) -> Round:
    """Return a round that this person belongs to, or 404."""
    return get_object_or_404(Round.objects.of(user), pk=round_id)


def own_assignment(user: User, assignment_id: int) -> Assignment:
    """Return an assignment of a round that this person belongs to, or 404."""
    mine = Assignment.objects.select_related("round").filter(round__in=Round.objects.of(user))
    return get_object_or_404(mine, pk=assignment_id)


class Rounds(APIView):
    """The open rounds that the caller may label in."""

    permission_classes = [Allowed(Action.LABEL)]

    @extend_schema(
        responses={200: serializers.RoundOut(many=True), 401: PROBLEMS[401], 403: PROBLEMS[403]}
    )
    def get(self, request: ApiRequest) -> Response:
        rounds = Round.objects.open_to(request.user).order_by("name", "pk")
        context = {"guidelines": guidelines.newest_of(each.guideline_id for each in rounds)}
        return Response(serializers.RoundOut(rounds, many=True, context=context).data)


class Claim(APIView):
    """Lease the next assignments; what the caller holds already comes first."""

    permission_classes = [Allowed(Action.LABEL)]

    @extend_schema(
        request=serializers.ClaimIn,
        responses={201: serializers.AssignmentOut(many=True), **PROBLEMS},
    )
    def post(self, request: ApiRequest, round_id: int) -> Response:
        notice.refuse_unread(request.user)
        wanted = serializers.ClaimIn(data=request.data)
        wanted.is_valid(raise_exception=True)
        claimed = claims.claim(
            round=own_round(request.user, round_id),
            annotator=request.user,
            now=timezone.now(),
            count=wanted.validated_data["count"],
        )
        return Response(served(claimed), status=201)


class Answer(APIView):
    """Keep the answer to an assignment and return the next; a repeated answer shows the first."""

    permission_classes = [Allowed(Action.LABEL)]

    @extend_schema(
        request=serializers.AnswerIn,
        responses={201: serializers.AnsweredOut, 200: serializers.AnsweredOut, **PROBLEMS},
    )
    def post(self, request: ApiRequest, assignment_id: int) -> Response:
        answer = serializers.AnswerIn(data=request.data)
        answer.is_valid(raise_exception=True)
        assignment, now = own_assignment(request.user, assignment_id), timezone.now()
        kept = annotations.submit(
            assignment=assignment,
            annotator=request.user,
            category=_category(answer.validated_data.get("category_id")),
            now=now,
        )
        following = next_for(assignment.round, request.user)
        made = serializers.AnnotationOut(kept).data
        is_new = kept.answered_at == now
        return Response({"annotation": made, "next": following}, status=201 if is_new else 200)


class Skip(APIView):
    """Give an assignment back for somebody else and return the next."""

    permission_classes = [Allowed(Action.LABEL)]

    @extend_schema(request=serializers.SkipIn, responses={200: serializers.NextOut, **PROBLEMS})
    def post(self, request: ApiRequest, assignment_id: int) -> Response:
        wanted = serializers.SkipIn(data=request.data)
        wanted.is_valid(raise_exception=True)
        assignment = own_assignment(request.user, assignment_id)
        annotations.skip(
            assignment=assignment,
            annotator=request.user,
            reason=wanted.validated_data["reason"],
            now=timezone.now(),
        )
        return Response({"next": next_for(assignment.round, request.user)})


class Undo(APIView):
    """Take back the caller's last answer in the round and return its assignment."""

    permission_classes = [Allowed(Action.LABEL)]

    @extend_schema(request=None, responses={200: serializers.AssignmentOut, **PROBLEMS})
    def post(self, request: ApiRequest, round_id: int) -> Response:
        reopened = annotations.undo(
            round=own_round(request.user, round_id), annotator=request.user, now=timezone.now()
        )
        return Response(served([reopened])[0])


def _category(category_id: int | None) -> Category | None:
    if category_id is None:
        return None
    return get_object_or_404(Category, pk=category_id)
