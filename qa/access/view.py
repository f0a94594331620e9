"""An assistant that knows only some of the documents: nothing of the others is searched, listed, read or cited.

Knows Assistant and Index; it must not know who asks or why the others are kept from them.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from index.records import Hit, Passage
from index.store import Index
from qa.assistant import Assistant

_VIEWS: WeakKeyDictionary[Assistant, dict[frozenset[str], Assistant]] = WeakKeyDictionary()
_KEPT = 200


class Part(Index):
    """The documents `names` of `whole`, which does the searching. Its passages keep their order, not their numbers."""

    def __init__(self, whole: Index, names: frozenset[str]) -> None:
        self.__dict__.update(whole.__dict__)
        self._whole = whole
        self.documents = {name: document for name, document in whole.documents.items() if name in names}
        self.passages = tuple(passage for passage in whole.passages if passage.document in names)

    def passages_of(self, document: str) -> tuple[Passage, ...]:
        """As the whole's, which counts by its own numbers."""
        return self._whole.passages_of(document) if document in self.documents else ()

    def search(self, text: str, k: int, documents: Sequence[str] = ()) -> tuple[Hit, ...]:
        """As the whole's, among these documents only."""
        self.check(documents)
        among = tuple(documents) or tuple(self.documents)
        # Without a name the whole would search everything.
        return self._whole.search(text, k, among) if among else ()


def limited(assistant: Assistant, names: frozenset[str]) -> Assistant:
    """`assistant` over those of its documents whose ids are in `names`; kept as long as `assistant` is."""
    views = _VIEWS.setdefault(assistant, {})
    if names not in views:
        if len(views) >= _KEPT:
            views.clear()
        view = copy.copy(assistant)
        view.index = Part(assistant.index, names)
        views[names] = view
    return views[names]
