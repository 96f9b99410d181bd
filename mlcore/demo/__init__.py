"""
The demo market: a made-up Korean shop world whose truth is known.

Everything here is invented: brands, malls, products and people. Because the market knows the
true category of every product, it can play the shops that misfile them, the people who
label them and the reviewers who judge them, and tests can say who was right.
"""
