"""The page's fixed parts as HTML, in Chinese; the page's script puts the reader's language in their place.

Knows the table of messages, and the reasons that the ledger keeps. `data-say` names the message of
an element, `data-hint` that of its tooltip.
"""

from __future__ import annotations

from qa.ledger.records import REASONS
from qa.messages import CHINESE as SAY
from qa.messages import LANGUAGES

_LANGUAGE_NAMES = dict(zip(LANGUAGES, ("简体中文", "繁體中文", "English"), strict=True))


def bar() -> str:
    """The masthead: name, what it is, and what can be done with the whole page."""
    languages = "".join(
        f'<button type="button" class="wb-language" lang="{code}" value="{code}">{name}</button>'
        for code, name in _LANGUAGE_NAMES.items()
    )
    return (
        f'<a class="wb-skip" href="#wb-box" {_say("skip")}</a>'
        f'<header class="wb-masthead"><h1 {_say("title")}</h1><p class="wb-subtitle"></p>'
        f'<button type="button" class="wb-quiet wb-large" aria-pressed="false" {_say("large")}</button>'
        f'<button type="button" class="wb-quiet wb-new" {_say("new")}</button>'
        f'<button type="button" class="wb-quiet wb-more-open" aria-haspopup="dialog" {_say("menu")}</button></header>'
        '<dialog class="wb-dialog" id="wb-menu" aria-labelledby="wb-menu-head">'
        f"{_dialog_head('wb-menu-head', 'menu')}"
        f'<section><h3 {_say("recent")}</h3><ul class="wb-recent"></ul></section>'
        f'<section class="wb-if-talk"><h3 {_say("export")}</h3><p class="wb-row">'
        '<a class="wb-quiet" data-export="md" href="#" download>Markdown</a>'
        '<a class="wb-quiet" data-export="docx" href="#" download>DOCX</a></p></section>'
        f'<section class="wb-if-keeper"><h3 {_say("keeping")}</h3><p class="wb-row">'
        f'<button type="button" class="wb-quiet wb-upload-open" {_say("add_report")}</button>'
        f'<a class="wb-quiet wb-if-kept" href="keeper" {_say("keeper_page")}</a></p></section>'
        f'<section><h3 {_say("language")}</h3><p class="wb-row">{languages}</p></section>'
        f'<section><h3 {_say("looks")}</h3><p class="wb-row">'
        f'<button type="button" class="wb-quiet wb-dark" aria-pressed="false" {_say("theme")}</button></p></section>'
        f'<section class="wb-if-user"><h3 class="wb-user-name"></h3><form method="post" action="logout" class="wb-row">'
        f'<button class="wb-quiet" {_say("logout")}</button></form></section></dialog>'
        f"{_choosing()}{_feedback()}{_upload()}"
    )


def opening() -> str:
    """What stands in the chat before the first question."""
    return (
        f'<div class="wb-welcome"><h2 class="wb-welcome-title" {_say("welcome")}</h2><p {_say("welcome_text")}</p>'
        f'<div class="wb-examples" hidden><p class="wb-hint" {_say("examples")}</p><ul class="wb-example-list"></ul>'
        "</div></div>"
    )


def compose_bar() -> str:
    """The line above the question box: which reports are asked, and a live region for what the page has to say."""
    return (
        '<div class="wb-next"></div><p class="wb-scope" hidden>'
        '<button type="button" class="wb-choose-open" aria-haspopup="dialog">'
        "</button></p>"
        '<p class="wb-status" role="status" aria-live="polite"></p>'
    )


def tabs() -> str:
    """The tabs over the proof."""
    named = (("evidence", "sources"), ("why", "because_short"), ("report", "full_report"))
    made = "".join(
        f'<button type="button" role="tab" id="wb-tab-{name}" aria-controls="wb-{name}" '
        f'aria-selected="{"true" if name == "evidence" else "false"}"'
        f"{'' if name == 'evidence' else ' tabindex=-1'} {_say(message)}</button>"
        for name, message in named
    )
    return (
        f'<div class="wb-bar"><div class="wb-tablist" role="tablist" aria-label="{SAY("tabs")}">{made}</div>'
        f'<button type="button" class="wb-quiet wb-mark" hidden {_say("mark_right")}</button>'
        f'<button type="button" class="wb-quiet wb-back" {_say("back")}</button></div>'
    )


def report_frame() -> str:
    """The frame that shows a report."""
    return f'<iframe id="wb-frame" title="{SAY("full_report")}"></iframe>'


def _say(name: str) -> str:
    return f'data-say="{name}">{SAY(name)}'


def _dialog_head(identifier: str, name: str) -> str:
    return (
        f'<div class="wb-dialog-head"><h2 id="{identifier}" {_say(name)}</h2>'
        f'<button type="button" class="wb-quiet wb-close" {_say("close")}</button></div>'
    )


def _choosing() -> str:
    return (
        '<dialog class="wb-dialog" id="wb-choose" aria-labelledby="wb-choose-head">'
        f'{_dialog_head("wb-choose-head", "choose")}<p class="wb-hint" {_say("choose_hint")}</p>'
        f'<label class="wb-field"><span {_say("choose_filter")}</span><input type="search" class="wb-filter"></label>'
        f'<p class="wb-row"><button type="button" class="wb-quiet wb-choose-all" {_say("choose_all")}</button>'
        f'<button type="button" class="wb-quiet wb-choose-none" {_say("choose_none")}</button></p>'
        '<ul class="wb-choices"></ul></dialog>'
    )


def _feedback() -> str:
    reasons = "".join(
        f'<label class="wb-check"><input type="radio" name="wb-reason" value="{value}"><span {_say(f"reason_{name}")}'
        "</span></label>"
        for name, value in zip(("wrong", "incomplete", "source", "refused"), REASONS, strict=True)
    )
    return (
        '<dialog class="wb-dialog" id="wb-feedback" aria-labelledby="wb-feedback-head">'
        f'{_dialog_head("wb-feedback-head", "feedback_head")}<form method="dialog"><fieldset>'
        f"<legend {_say('feedback_reason')}</legend>{reasons}</fieldset>"
        f'<p class="wb-hint" {_say("feedback_place")}</p><p class="wb-row">'
        f'<button type="button" class="wb-quiet wb-go-mark" {_say("full_report")}</button></p>'
        '<p class="wb-marked" hidden></p>'
        f'<label class="wb-field"><span {_say("feedback_note")}</span><textarea rows="2" maxlength="1000"></textarea>'
        f'</label><p class="wb-dialog-status" role="status"></p>'
        f'<p class="wb-row"><button type="button" class="wb-strong wb-feedback-send" {_say("feedback_send")}</button>'
        "</p></form></dialog>"
    )


def _upload() -> str:
    return (
        '<dialog class="wb-dialog" id="wb-upload" aria-labelledby="wb-upload-head">'
        f'{_dialog_head("wb-upload-head", "upload_head")}<p class="wb-hint wb-upload-hint"></p>'
        f'<label class="wb-pick"><span class="wb-strong" {_say("upload_choose")}</span>'
        '<input type="file" class="wb-files" multiple accept=".txt,.md,.docx,.html,.htm,.pdf,.xlsx"></label>'
        '<ul class="wb-intakes" aria-live="polite"></ul></dialog>'
    )
