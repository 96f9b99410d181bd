import io

import pytest
from PIL import Image

from mlcore.demo.pictures import image_name, picture


def test_a_picture_is_a_square_jpeg():
    opened = Image.open(io.BytesIO(picture("jacket-navy.jpg")))

    assert (opened.format, opened.size) == ("JPEG", (240, 240))


def test_every_picture_that_samples_name_can_be_drawn(shown):
    images = {row.image for row in shown if row.image}

    assert all(Image.open(io.BytesIO(picture(image))).size == (240, 240) for image in images)


def test_different_shapes_and_colours_make_different_pictures(shown):
    images = {row.image for row in shown if row.image}

    assert len({picture(image) for image in images}) == len(images)


def test_the_middle_of_a_shirt_has_its_colour():
    red, green, blue = Image.open(io.BytesIO(picture(image_name("shirt", "red")))).getpixel(
        (120, 140)
    )

    assert red > green + 60
    assert red > blue + 60


@pytest.mark.parametrize("image", ["dragon-navy.jpg", "shirt-octarine.jpg", "", "../secret.jpg"])
def test_a_picture_that_the_market_does_not_draw_is_refused(image):
    with pytest.raises(ValueError, match="draws no picture"):
        picture(image)
