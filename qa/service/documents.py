"""The documents over HTTP: list, upload, replace, delete, original, text, outline.

Knows the index's records and its intake; it must not know how a file is read or searched.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace as replaced
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi import Path as PathParam
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse
from starlette.concurrency import run_in_threadpool

from index import intake
from index.errors import UserError
from index.intake import Intake
from index.records import Document
from qa.service.asking import no_document
from qa.service.document_schema import DocumentList, DocumentObject, Outline, TakenReply
from qa.service.errors import Refusal, errors
from qa.service.uploads import Upload, own_pages_only, uploads, written
from qa.site import Site

READ_AT_ONCE = 2
"""Uploads that are read at a time; another is asked to come again."""

_UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                    "required": ["file"],
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
Id = Annotated[str, PathParam(description="As the list names it.", examples=["sanmen-2023"])]
_FILENAME = Query(
    max_length=300, description="The file's name, for a raw body; its stem becomes the id.", examples=["mouxian.txt"]
)


def add_documents(app: FastAPI, site: Site) -> None:
    """Adds the routes below /api/v1/documents."""
    _add_reading(app, site)
    _add_changing(app, site)


def _add_reading(app: FastAPI, site: Site) -> None:
    tags: Any = ["documents"]

    @app.get("/api/v1/documents", response_model=DocumentList, tags=tags, summary="List", responses=errors(422))
    def listed(
        limit: Annotated[int, Query(ge=1, le=1000)] = 100, offset: Annotated[int, Query(ge=0, le=10**9)] = 0
    ) -> JSONResponse:
        """The documents that can be asked."""
        documents = list(site.view().index.documents.values())
        shown = [info(document) for document in documents[offset : offset + limit]]
        return JSONResponse({"documents": shown, "total": len(documents)})

    @app.get(
        "/api/v1/documents/{document}",
        response_model=DocumentObject, tags=tags, summary="One document", responses=errors(404, 422),
    )  # fmt: skip
    def one(document: Id) -> JSONResponse:
        """What the list says of it."""
        return JSONResponse(info(_known(site, document)))

    @app.get(
        "/api/v1/documents/{document}/text",
        response_model=None, tags=tags, summary="Text",
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **errors(404, 422)},
    )  # fmt: skip
    def text(
        document: Id,
        start: Annotated[int, Query(ge=0, le=10**9, description="In characters of the text.")] = 0,
        end: Annotated[int | None, Query(ge=0, le=10**9, description="None: to the end.")] = None,
    ) -> PlainTextResponse:
        """The stored text, or its characters from `start` to `end`: what quotes are slices of."""
        whole = _known(site, document).text
        end = len(whole) if end is None else end
        if not start <= end <= len(whole):
            raise Refusal(422, "bad_place", "这一段不在报告里。", f"报告共{len(whole)}个字符。")
        return PlainTextResponse(whole[start:end])

    @app.get(
        "/api/v1/documents/{document}/outline",
        response_model=Outline, tags=tags, summary="Outline", responses=errors(404, 422),
    )  # fmt: skip
    def outline(document: Id) -> JSONResponse:
        """The sections with their headings, kinds and periods, and the glossary."""
        return JSONResponse(_outline(_known(site, document)))

    @app.get(
        "/api/v1/documents/{document}/original",
        response_class=FileResponse, tags=tags, summary="Original file",
        responses={
            200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
            **errors(404, 422),
        },
    )  # fmt: skip
    def original(document: Id) -> FileResponse:
        """The file that the document was read from, byte for byte, as a download."""
        known = _known(site, document)
        path = intake.original(site.index_path, known.id) if site.index_path else None
        if path is None:
            raise Refusal(404, "no_original", "没有保存这份报告的原文件。", "重新上传即可保存。")
        return FileResponse(path, filename=known.filename, media_type="application/octet-stream")


def _add_changing(app: FastAPI, site: Site) -> None:
    common: dict[str, Any] = {"tags": ["documents"], "dependencies": [Depends(own_pages_only)]}
    sent: dict[str, Any] = {**common, "openapi_extra": _UPLOAD_BODY}
    reading = threading.BoundedSemaphore(READ_AT_ONCE)

    @app.post(
        "/api/v1/documents",
        response_model=TakenReply, status_code=201, summary="Upload",
        responses={200: {"model": TakenReply}, **errors(400, 403, 409, 413, 415, 422, 501, 503)}, **sent,
    )  # fmt: skip
    async def upload(
        request: Request,
        filename: Annotated[str, _FILENAME] = "",
        replace: Annotated[bool, Query(description="Take the place of a document with the same id.")] = False,
        preview: Annotated[bool, Query(description="Only say what would be found; nothing is stored.")] = False,
    ) -> JSONResponse:
        """Reads the files and takes them into the index; 200 where nothing was stored."""
        files = await uploads(request, filename)
        replies, stored = await run_in_threadpool(_taken, site, reading, files, replace, preview)
        return JSONResponse({"files": replies}, 201 if stored else 200)

    @app.put(
        "/api/v1/documents/{document}",
        response_model=TakenReply, summary="Replace", responses=errors(400, 403, 404, 413, 415, 422, 501, 503), **sent,
    )  # fmt: skip
    async def put(document: Id, request: Request, filename: Annotated[str, _FILENAME] = "") -> JSONResponse:
        """Takes another file for the document, which keeps its id; the kind of file may change."""
        _known(site, document)
        files = await uploads(request, filename)
        if len(files) != 1:
            raise Refusal(422, "one_file", f"收到{len(files)}个文件，替换需要一个。", "只发送一个文件。")
        renamed = [Upload(f"{document}{Path(files[0].filename).suffix}", files[0].data)]
        replies, _ = await run_in_threadpool(_taken, site, reading, renamed, True, False)
        return JSONResponse({"files": replies})

    @app.delete(
        "/api/v1/documents/{document}", status_code=204, summary="Delete", response_class=Response,
        responses=errors(403, 404, 422, 501, 503), **common,
    )  # fmt: skip
    def delete(document: str) -> Response:
        """Removes the document and its original."""
        _known(site, document)
        folder = _folder(site)
        with _turn(reading):
            try:
                intake.remove(folder, [document])
            except UserError as error:
                raise _not_now(error) from error
        site.reload()
        return Response(status_code=204)


@contextmanager
def _turn(turns: threading.BoundedSemaphore) -> Iterator[None]:
    """One of the turns of `turns`; Refusal 503 where all are taken."""
    if not turns.acquire(timeout=5):
        raise Refusal(503, "busy", "正在处理别的文件。", "请稍后再试。", headers={"retry-after": "10"})
    try:
        yield
    finally:
        turns.release()


def info(document: Document) -> dict[str, Any]:
    """The document in a list."""
    return {
        "id": document.id,
        "title": document.title,
        "place": document.place,
        "year": document.year,
        "date": document.date,
        "speaker": document.speaker,
        "characters": len(document.text),
        "sections": sum(1 for section in document.sections if section.path),
        "pages": len(document.pages),
        "filename": document.filename,
        "encoding": document.encoding,
        "sha256": document.digest,
    }


def _known(site: Site, name: str) -> Document:
    document = site.view().index.documents.get(name)
    if document is None:
        raise no_document(name)
    return document


def _folder(site: Site) -> Path:
    if site.index_path is None:
        raise Refusal(501, "no_folder", "这台服务器的报告不能增减。", "用 python ui.py --index DIR 启动。")
    return site.index_path


def _outline(document: Document) -> dict[str, Any]:
    sections = [
        {
            "path": list(section.path),
            "start": section.start,
            "end": section.end,
            "kind": section.kind,
            "period": section.period,
            "page": document.page_at(section.start),
        }
        for section in document.sections
    ]
    glossary = [{"term": entry.term, "start": entry.start, "end": entry.end} for entry in document.glossary]
    return {"document": document.id, "sections": sections, "glossary": glossary}


def _taken(
    site: Site, turns: threading.BoundedSemaphore, files: Sequence[Upload], replace: bool, preview: bool
) -> tuple[list[dict[str, Any]], bool]:
    """What became of each file, and whether anything was stored. Refusal where there was one file and it was not."""
    folder = _folder(site)
    before = set(site.view().index.documents)
    with _turn(turns), tempfile.TemporaryDirectory(prefix="upload-") as name:
        paths = written(files, Path(name))
        try:
            intakes = (
                tuple(intake.preview(path) for path in paths)
                if preview
                else intake.admit(folder, paths, replace=replace)
            )
        except UserError as error:
            raise _not_now(error) from error
    if not preview:
        site.reload()
    # The reader names the file with the folder it lay in, which is nobody's business.
    replies = [
        _reply(file, replaced(one, error=one.error.replace(f"{name}/", "")), before, preview)
        for file, one in zip(files, intakes, strict=True)
    ]
    if len(replies) == 1 and replies[0]["status"] == "refused":
        there = Path(files[0].filename).stem in before and not (replace or preview)
        code = "exists" if there else "unreadable"
        raise Refusal(409 if there else 422, code, replies[0]["error"])
    return replies, any(reply["status"] in ("added", "replaced") for reply in replies)


def _reply(file: Upload, one: Intake, before: set[str], preview: bool) -> dict[str, Any]:
    document = one.document
    if one.error:
        status = "refused"
    elif preview:
        status = "previewed"
    elif one.duplicate_of:
        status = "duplicate"
    else:
        status = "replaced" if document and document.id in before else "added"
    return {
        "filename": file.filename,
        "status": status,
        "document": info(document) if document else None,
        "kind": one.kind,
        "encoding": one.encoding,
        "characters": one.characters,
        "dropped": one.dropped,
        "headings": one.headings,
        "suspicious": len(one.suspicious),
        "duplicate_of": one.duplicate_of,
        "error": one.error,
    }


def _not_now(error: UserError) -> Refusal:
    """The index is being written by another, or its disk is full: nothing the sender can mend."""
    return Refusal(
        503, "index_unavailable", f"{error.found}; wanted {error.wanted}", error.remedy, {"retry-after": "10"}
    )
