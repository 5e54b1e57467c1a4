"""A blank Word form through the whole life of a collection: seen, sent, answered, back in the sender's own layout."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from collecting_office import LEGAL, stock
from docx import Document

from conftest import Office
from yici.storage import models

HEAD = ("序号", "姓名", "身份证号码", "联系电话", "血型")


def word_form(folder: Path) -> Path:
    document = Document()
    document.add_paragraph("老年人走访慰问花名册")
    table = document.add_table(rows=3, cols=len(HEAD))
    table.style = "Table Grid"
    for col, text in enumerate(HEAD):
        table.cell(0, col).text = text
    document.add_paragraph("填表人：")
    document.save(str(folder / "走访.docx"))
    return folder / "走访.docx"


def test_a_word_form_comes_back_as_a_word_form(office: Office, tmp_path: Path) -> None:
    stock(office, tmp_path)
    officer, clerk = office.as_("officer"), office.as_("clerk")
    with word_form(tmp_path).open("rb") as file:
        where = officer.post("/collections/propose", {**LEGAL, "file": file})["Location"]
    page = officer.get(where).content.decode()
    assert "<p>老年人走访慰问花名册</p>" in page and 'class="certain"' in page and "准入评审报告" in page
    office.as_("steward").post(f"{where}/decide", {"step": "approve"})
    sent = {"units": ["柳东村"], "as_of": "2026-02-28", "days": "5"}
    assert officer.post(f"{where}/publish", sent).status_code == 302
    asked = clerk.get("/fillings").content.decode()
    ids = [part.split('"')[0] for part in asked.split('data-question="')[1:]]
    typed = {f"q-{one}": "13900002222" if f'{one}" data-element="person.phone"' in asked else "A型" for one in ids}
    answer = clerk.post("/fillings/answers", {"submission": "device-0001", **typed})
    assert answer.status_code == 200, answer.content.decode()
    clerk.post(f"/fillings/{models.Filling.objects.get().pk}/submit")
    back = officer.get(f"{where}/download")
    assert back["Content-Disposition"].endswith('docx"') or ".docx" in back["Content-Disposition"]
    document = Document(BytesIO(b"".join(back)))  # type: ignore[arg-type]
    assert [one.text for one in document.paragraphs if one.text] == ["老年人走访慰问花名册", "填表人："]
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows[0] == list(HEAD)
    assert {row[1]: row[3:] for row in rows[1:]} == {"李一": ["13800001111", "A型"], "王二": ["13900002222", "A型"]}
