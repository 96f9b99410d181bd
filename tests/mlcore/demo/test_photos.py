import random
from dataclasses import replace

import cv2
import numpy as np
import pytest

from mlcore.demo.photos import PATTERNS, Photo, photo_of, render
from mlcore.demo.tree import leaf_at

SHIRT = Photo(
    shape="shirt", colour="red", pattern="plain", ground=(255, 255, 255), size=0.9, number=1
)


def pixels(photo, side=64):
    encoded = np.frombuffer(render(photo, side), dtype=np.uint8)
    return cv2.cvtColor(cv2.imdecode(encoded, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB).astype(int)


def test_a_photo_is_a_square_of_the_asked_side():
    assert pixels(SHIRT, 48).shape == (48, 48, 3)


def test_equal_photos_give_equal_bytes_and_other_numbers_others():
    assert render(SHIRT, 64) == render(SHIRT, 64)
    assert render(SHIRT, 64) != render(replace(SHIRT, number=2), 64)


def test_the_middle_of_a_red_shirt_is_red():
    red, green, blue = pixels(SHIRT)[36, 32]

    assert red > green + 50
    assert red > blue + 50


@pytest.mark.parametrize("pattern", [name for name in PATTERNS if name != "plain"])
def test_a_pattern_shows_on_the_product(pattern):
    def spread(photo):
        return pixels(photo)[28:44, 26:38, 0].std()

    assert spread(replace(SHIRT, pattern=pattern)) > 2 * spread(SHIRT)


def test_childrens_clothes_are_smaller_in_their_photos():
    def size(path):
        dice = random.Random(1)
        return np.mean([photo_of(leaf_at(path), "red", dice).size for _ in range(50)])

    assert size("출산/육아>유아동의류>재킷") < 0.85 * size("패션의류>여성의류>재킷")


def test_jackets_and_jumpers_are_told_apart_by_their_usual_pattern():
    def usual(path):
        dice = random.Random(1)
        drawn = [photo_of(leaf_at(path), "red", dice).pattern for _ in range(100)]
        return max(set(drawn), key=drawn.count)

    assert usual("패션의류>여성의류>재킷") != usual("패션의류>여성의류>점퍼")
