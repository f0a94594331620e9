"""Files sent to the server: taken from a form or a raw body, their names made safe, written where they can be read.

Knows requests and file names; it must not know what the files hold or what becomes of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from qa.service.bodies import body, content_type
from qa.service.errors import Refusal

MAX_FILES = 20
"""Files of one upload."""

_MAX_NAME = 200  # bytes: a name that no file system refuses
_RAW = ("application/octet-stream", "application/pdf", "text/plain", "text/markdown", "text/html")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent."""

    filename: str
    data: bytes


def own_pages_only(request: Request) -> None:
    """Refusal 403 for what a page of another site sends with a reader's own rights."""
    if request.headers.get("sec-fetch-site") == "cross-site" and "authorization" not in request.headers:
        raise Refusal(403, "cross_site", "不接受其他网站发来的修改。", "用接口密钥，或在本站页面上操作。")


async def uploads(request: Request, filename: str) -> list[Upload]:
    """The files of a form, under whatever field, or the raw body under `filename`. Refusal where there is none."""
    kind = content_type(request)
    if kind == "multipart/form-data":
        files = await _of_form(request)
    elif kind in _RAW or kind.startswith("application/vnd."):
        files = [Upload(safe_name(filename), await body(request))]
    else:
        hint = "multipart/form-data，或 application/octet-stream 加 ?filename="
        raise Refusal(415, "unsupported_type", f"不接受内容类型“{kind[:80]}”。", hint)
    for file in files:
        if not file.data:
            raise Refusal(422, "empty", f"文件“{file.filename}”是空的。", "换一个文件。")
    if len({file.filename for file in files}) < len(files):
        raise Refusal(422, "same_name", "有两个文件同名。", "改名后再发送。")
    return files


async def _of_form(request: Request) -> list[Upload]:
    try:
        async with request.form(max_files=MAX_FILES, max_fields=20) as form:
            sent = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
            files = [Upload(safe_name(file.filename or ""), await file.read()) for file in sent]
    except MultiPartException as error:
        raise Refusal(400, "bad_form", f"表单有误：{error.message}") from error
    if not files:
        raise Refusal(422, "no_file", "表单里没有文件。", "字段名 file。")
    return files


def safe_name(filename: str) -> str:
    """`filename` where it is a plain name with a suffix; its stem becomes an id, and it is written to a folder."""
    name = unicodedata.normalize("NFC", filename)
    odd = any(unicodedata.category(char) in {"Cc", "Cs", "Cf", "Zl", "Zp"} for char in name)
    plain = PurePosixPath(name).name == name and "\\" not in name and not name.startswith((".", "~"))
    if not name or odd or not plain or not PurePosixPath(name).suffix or not PurePosixPath(name).stem.strip():
        raise Refusal(422, "bad_name", f"文件名“{filename[:80]}”不能用。", "用普通的文件名，带扩展名，如 某县2024.docx")
    if len(name.encode("utf-8", "replace")) > _MAX_NAME:
        raise Refusal(422, "bad_name", "文件名太长。", f"最多{_MAX_NAME}个字节。")
    return name


def written(files: Sequence[Upload], folder: Path) -> list[Path]:
    """The files in `folder`, in their order."""
    paths = []
    for file in files:
        path = folder / file.filename
        path.write_bytes(file.data)
        paths.append(path)
    return paths
