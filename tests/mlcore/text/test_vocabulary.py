from mlcore.text.vocabulary import PAD, UNKNOWN, Vocabulary


def test_the_most_frequent_words_get_ids_and_ties_go_by_alphabet():
    vocabulary = Vocabulary.build([["나", "가", "다"], ["다"]], size=4)

    assert vocabulary.words == ("다", "가")
    assert len(vocabulary) == 4


def test_short_names_are_padded_and_long_ones_cut():
    vocabulary = Vocabulary(("가", "나"))

    ids = vocabulary.encode([["가"], ["나", "라", "가", "가"], []], length=3)

    assert ids.tolist() == [[2, PAD, PAD], [3, UNKNOWN, 2], [PAD, PAD, PAD]]
