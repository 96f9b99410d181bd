"""What is classified: the category tree, the samples, their images, and what came in from files."""

from labelhub.catalog.models.categories import Category, CategoryQuerySet, TreeVersion
from labelhub.catalog.models.imports import ImportBatch, RefusedRow
from labelhub.catalog.models.samples import Image, Sample, SampleImage
from labelhub.catalog.models.synonyms import Synonym, SynonymProposal, SynonymQuerySet

__all__ = [
    "Category",
    "CategoryQuerySet",
    "Image",
    "ImportBatch",
    "RefusedRow",
    "Sample",
    "SampleImage",
    "Synonym",
    "SynonymProposal",
    "SynonymQuerySet",
    "TreeVersion",
]
