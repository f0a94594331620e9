"""The assistant: understand, search, read, decide, compose. The pipeline itself and nothing else."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from index.errors import UserError
from index.records import Hit, Passage
from index.store import Index, open_index
from qa import compose
from qa.answer import Answer, Considered, Trace
from qa.apart import apart
from qa.choosing import choice_of, fresh, told_already
from qa.confidence import (
    FEATURES,
    Calibration,
    Candidate,
    candidates,
    in_tense,
    load_calibration,
    other_period,
    wants_figure,
)
from qa.each import in_years, mentions, of_one, without_place
from qa.finish import Choice, quote_of
from qa.glossary import defines
from qa.limits import complaint
from qa.moved import LEANS_ON
from qa.near import Miss, miss, misses
from qa.own_place import in_its_words, own_places
from qa.question import Part, Query, part_of, understand
from qa.reader import Reader, Reading
from qa.scope import Scope, moved_on, scope_of
from qa.synonyms import expanded
from qa.twice import fuller, surer, tells_several, unsure
from qa.typed import far_fewer

HITS = 20  # passages that are read for one part of a question
STAGES = ((4, 2.0), (10, 0.0))  # so many of them, and the rest only where the best is less relevant than this
SHOWN = 5  # passages of each part that a trace tells of
EACH_HITS = 10  # of every document, when each is to answer for itself

Read = tuple[Part, tuple[Reading, ...]]


class Assistant:
    """Answers questions about the documents of one index. Holds no state between questions."""

    def __init__(self, index: Index, reader: Reader, calibration: Calibration) -> None:
        self.index, self.reader, self.calibration = index, reader, calibration

    @property
    def thresholds(self) -> Mapping[str, float]:
        """What decides between an answer and a refusal."""
        return {"confidence": self.calibration.threshold}

    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
        """One answer; a refusal where the documents do not answer. UserError for a question that is none."""
        return self.trace(question, history, documents).answer

    def trace(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Trace:
        """As `ask`, with the passages in the order of their readings and the milliseconds of each stage."""
        begun = time.perf_counter()
        query = self._query(question, history, documents)
        scope = scope_of(query, self.index.documents)
        told = self._told(query, scope)
        # 今年还要修多少公里? is whole in itself, and yet may ask about the roads that were asked about before.
        if unsure(told.answer) and history and not scope.each and not moved_on(query, self.index.documents):
            leaning = self._query(question, history, documents, leaning=True)
            if leaning.resolved != query.resolved:
                told = surer(told, self._told(leaning, scope_of(leaning, self.index.documents)))
        resolved = told.answer.resolved_question
        if scope.carried and resolved == query.question.strip():
            named = compose.labels(scope.documents, self.index.documents).values()
            resolved = f"{'、'.join(dict.fromkeys(named))}{LEANS_ON}{resolved}"
        taken = round(1000 * (time.perf_counter() - begun), 1)
        return replace(told, answer=replace(told.answer, resolved_question=resolved, latency_ms=taken))

    def each(self, question: str, documents: Sequence[str]) -> Answer:
        """What each of `documents` answers, whatever place the question names. UserError as `ask` raises it."""
        begun = time.perf_counter()
        query = self._query(question, (), documents)
        groups = tuple((name,) for name in documents)
        answer = self._trace(query, Scope(tuple(documents), True, groups)).answer
        return replace(answer, latency_ms=round(1000 * (time.perf_counter() - begun), 1))

    def _query(self, question: str, history: Sequence[str], documents: Sequence[str], leaning: bool = False) -> Query:
        fault = complaint(question)
        if fault:
            raise UserError(f"no question: {fault}", "one sentence with words in it", "Ask again.")
        self.index.check(documents)
        return understand(question, [h for h in history if not complaint(h)], documents, leaning)

    def _told(self, query: Query, scope: Scope) -> Trace:
        """The trace of `query`; where it asks each of several things and tells of one, that of a part for each."""
        told = self._trace(query, scope)
        number = query.parts[0].kind == "number"
        each = None if scope.each or tells_several(told.answer, number) else apart(query)
        return fuller(told, self._trace(each, scope), len(each.parts)) if each else told

    def _trace(self, query: Query, scope: Scope) -> Trace:
        begun = time.perf_counter()
        found = self.search(query, scope)
        searched = time.perf_counter()
        read = self.read(found)
        done = time.perf_counter()
        ranked = self.rank(read)
        answer = self._with_instead(self.decide(query, scope, ranked), query)
        ended = time.perf_counter()
        stages = {"search": searched - begun, "read": done - searched, "compose": ended - done}
        return Trace(
            answer,
            _order(ranked),
            tuple((name, 1000 * seconds) for name, seconds in stages.items()),
            tuple(self._considered(found) for _, firsts in ranked for found in enumerate(_firsts(firsts)[:SHOWN])),
            scope.documents,
            self.calibration.threshold,
            str(self.index.manifest.get("generation", "")),
        )

    def _considered(self, found: tuple[int, Candidate]) -> Considered:
        rank, best = found
        signs = dict(zip(FEATURES, best.signs, strict=True))
        return Considered(
            best.reading.hit, best.reading.relevance, best.span.score, signs["period"], best.score,
            0.0 if rank else self.calibration.confidence(best), best.span.start, best.span.end,
        )  # fmt: skip

    def search(self, query: Query, scope: Scope) -> list[tuple[Part, tuple[Hit, ...]]]:
        """The passages to read: for every part of the question, or for every part of what each group is asked."""
        if scope.each:
            places = {document.place for document in self.index.documents.values()}
            asked = of_one(query.resolved, places)
            return [
                (part, self._hits(part, group, EACH_HITS))
                for group in scope.groups
                for part in self._parts(asked, group)
            ]
        return [(part, self._hits(part, scope.documents, HITS)) for part in self._placeless(query, scope)]

    def _placeless(self, query: Query, scope: Scope) -> Sequence[Part]:
        """The parts of a question to reports of one place, without that place's name at the front."""
        places = {self.index.documents[name].place for name in scope.documents}
        if len(places) != 1:
            return query.parts
        told = [(*without_place(part.words, places).rpartition(LEANS_ON), part.label) for part in query.parts]
        return [part_of(lead + arrow, piece, label) for lead, arrow, piece, label in told]

    def _parts(self, asked: str, group: Sequence[str]) -> list[Part]:
        """What a group of reports is asked: 今年 is the year of the latest of several; no word of time means by now."""
        parts = understand(asked).parts
        if len(group) > 1:
            dated = understand(in_years(asked, max(self.index.documents[name].year for name in group))).parts
            parts = tuple(replace(new, tense=old.tense) for new, old in zip(dated, parts, strict=True))
        return [
            replace(part, tense="result") if part.kind == "number" and not part.tense and not part.years_in(1) else part
            for part in parts
        ]

    def _hits(self, part: Part, documents: Sequence[str], most: int) -> tuple[Hit, ...]:
        """The best passages for a part, with a report's own place for it; what it admits stands nowhere else."""
        narrowed = documents if set(documents) != set(self.index.documents) else ()
        hits = self.index.search(expanded(in_its_words(part)), most, narrowed)
        places = own_places((self.index.documents[name] for name in documents), part)
        if not places:
            return hits
        own = [
            passage
            for name, (start, end) in places.items()
            for passage in self.index.passages_of(name)
            if start < passage.end and passage.start < end
        ]
        found = {hit.passage for hit in hits}
        if part.kind != "meaning":
            hits = tuple(hit for hit in hits if hit.passage.document not in places or hit.passage in own)
        return hits + tuple(Hit(passage, 0.0) for passage in own[:most] if passage not in found)

    def read(self, found: Sequence[tuple[Part, tuple[Hit, ...]]]) -> list[Read]:
        """What the reader makes of the hits; the later ones are read where none of the first answers surely enough."""
        return [(part, self._read_by_stages(in_its_words(part), hits)) for part, hits in found]

    def _read_by_stages(self, words: str, hits: Sequence[Hit]) -> tuple[Reading, ...]:
        readings: tuple[Reading, ...] = ()
        for stop, sure in (*STAGES, (len(hits), 0.0)):
            readings += self.reader.read(words, hits[len(readings) : stop], self.index)
            if max((reading.relevance for reading in readings), default=0.0) >= sure:
                break
        return readings

    def rank(self, read: Sequence[Read]) -> list[tuple[Part, list[Candidate]]]:
        """The spans that may answer, best first, for each of what `search` gave."""
        return [(part, candidates(part, readings, self.index, self.calibration)) for part, readings in read]

    def decide(self, query: Query, scope: Scope, ranked: Sequence[tuple[Part, Sequence[Candidate]]]) -> Answer:
        """Answer what is answered with enough confidence; refuse where there is nothing."""
        documents = self.index.documents
        options: list[list[Choice]] = []
        best = 0.0
        given: list[Choice] = []
        for part, found in ranked:
            untold = found if scope.each else fresh(part, found, given, documents)
            given += [choice_of(part, c, 0.0) for c in untold[:1]]
            known = [(c, self.calibration.confidence(c)) for c in untold]
            known = [(candidate, sure) for candidate, sure in known if self._answers(part, candidate, scope.each)]
            best = max([best, *(sure for _, sure in known[:1])])
            options.append([choice_of(part, c, sure) for c, sure in known if sure >= self.calibration.threshold])
        if not any(options):
            missed = self._missed(query, scope, ranked)
            return compose.refusal(query, _passages(ranked), documents, best, missed)
        if scope.each:
            return compose.comparison(query, compose.alike(options, documents), scope.groups, documents)
        choices = [own[0] for own in options if own]
        if len(ranked) == 1:
            choices = self._both_periods(ranked[0][0], choices[0], ranked[0][1])
        missing = [
            part.asked
            for (part, found), own in zip(ranked, options, strict=True)
            if not own and not told_already(part, found, choices, documents)
        ]
        answer = compose.answer(query, choices, documents, missing)
        if len(choices) == 1 and choices[0].part.kind == "list" and far_fewer(choices[0].part.asked, answer.answer):
            return compose.refusal(query, _passages(ranked), documents, 0.0)
        return answer

    def _both_periods(self, part: Part, choice: Choice, found: Sequence[Candidate]) -> list[Choice]:
        """The choice; where the wording leaves result and target open and both are told, both, the result first."""
        other = other_period(part, found, self.index, self.calibration)
        if not other or wants_figure(part, other):
            return [choice]
        document = self.index.documents[other.document]
        both = [choice, choice_of(part, other, self.calibration.confidence(other))]
        both.sort(key=lambda c: document.section_at(c.start).period.endswith("plan"))
        told = [compose.period_name(document.section_at(c.start).period) for c in both]
        return [replace(c, part=replace(part, label=name)) for c, name in zip(both, told, strict=True)]

    def _missed(self, query: Query, scope: Scope, ranked: Sequence[tuple[Part, Sequence[Candidate]]]) -> Miss | None:
        """What the likeliest candidate of the first part lacks, where that can be told.

        One report has a nearest question, several have none in common.
        """
        part, found = ranked[0]
        if not found:
            return None
        lack = miss(query, part, self.index.documents[found[0].document], (found[0].span.start, found[0].span.end))
        return lack if len(scope.documents) == 1 or not lack else replace(lack, instead="")

    def _with_instead(self, answer: Answer, query: Query) -> Answer:
        """The answer, its nearest question kept only where the same documents do answer that."""
        if not answer.instead:
            return answer
        other = replace(understand(answer.instead, (), query.documents), earlier=query.earlier)
        scope = scope_of(other, self.index.documents)
        told = self.decide(other, scope, self.rank(self.read(self.search(other, scope))))
        return replace(answer, instead="" if told.refused else answer.instead)

    def _answers(self, part: Part, candidate: Candidate, each: bool) -> bool:
        """Whether a candidate tells what kind of thing is asked, of the years that are asked."""
        document, at = self.index.documents[candidate.document], candidate.span.start
        if wants_figure(part, candidate) or misses(part, document, (at, candidate.span.end)):
            return False
        if part.kind == "meaning" and not defines(document, part.asked, (at, candidate.span.end)):
            return False
        if each and not in_tense(part, document, at):
            return False
        quote = quote_of(document, (at, candidate.span.end)) if each and part.kind == "yes_no" else None
        return quote is None or mentions(part.asked, document.text[slice(*quote)])


def _order(ranked: Sequence[tuple[Part, Sequence[Candidate]]]) -> tuple[Hit, ...]:
    """The hits in the order of their best candidates, the parts or documents taking turns, each passage once."""
    orders = [_firsts(found) for _, found in ranked]
    seen: dict[tuple[str, int], Hit] = {}
    for turn in zip_longest(*orders):
        for candidate in turn:
            if candidate is not None:
                hit = candidate.reading.hit
                seen.setdefault((hit.passage.document, hit.passage.start), replace(hit, score=candidate.score))
    return tuple(seen.values())


def _passages(ranked: Sequence[tuple[Part, Sequence[Candidate]]]) -> list[Passage]:
    return [hit.passage for hit in _order(ranked)]


def _firsts(found: Sequence[Candidate]) -> list[Candidate]:
    """The best candidate of every passage, in their order."""
    best: dict[int, Candidate] = {}
    for candidate in found:
        best.setdefault(id(candidate.reading), candidate)
    return list(best.values())


def open_assistant(path: Path, model: str | None = None) -> Assistant:
    """The assistant over the index in `path`, with the bundled reader. UserError as `open_index` raises it."""
    return Assistant(open_index(path, model), Reader(), load_calibration())
