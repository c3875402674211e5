"""The editor of a subscription: trigger ↔ conditions, mapping ↔ rows, and what comes of them.

trigger_form.py     conditions → the text of a trigger             pure
trigger_reading.py  the text → conditions                          pure
parts.py            a piece of a mapping ↔ a Part                  pure
kinds.py            which kinds of pieces there are                pure
structures.py fixed.py functions.py shapes.py   how each is read and written
mapping_form.py     a mapping ↔ the rows of an action              pure
changes.py          what the buttons of the rows do                pure
wire.py             names of form inputs ↔ a tree                  pure
picking.py          an event as a tree and as paths                pure
samples.py          events to look at while none has come          pure
events.py           which events can be looked at
preview.py          what would be sent for one of them
form.py             what a subscription must be like to be saved
draft.py            the state of the page, between two requests kept by the page itself
"""
