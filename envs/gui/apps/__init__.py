"""Apps that templates build on: each is a function that lays its pages out and returns its variables.

`app(b, page)` uses the pages from that number on (how many is in `PAGES` beside it) and needs nothing else of the
screen than its bar at the top and what scrolls, so that a phone can put several of them behind its own home screen.
What an app holds is in lists of variables: a template may draw them anew on reset, compares them with what it wants
(`EQ_VARS`), or protects them.
"""
