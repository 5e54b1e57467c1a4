"""The base pack is whole and sound; further packs lay over it; what cannot be read is reported all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from yici.core.element_check import check_registry, label_key
from yici.core.elements import Kind, Registry
from yici.core.errors import PackError
from yici.storage.packs import BASE_PACK, load_registry, pack_folders, shipped_packs

NEAR_MISSES = """
    籍贯 职务 职称 办公电话 邮编 邮政编码 月收入 房东电话 家长姓名 家长电话 法人身份证号码 法定代表人身份证号
    企业类型 与本人关系 与申请人关系 称谓 建筑面积 学号 地址 电话 名称 类型 编号 面积 证件号 通讯地址 毕业学校
    班级 联系人 紧急联系人 网格长 人均纯收入 家庭年纯收入 家庭月收入 低保金 低保标准 伤残等级 曾用名 户口性质
    帮扶责任人 工作单位及职务 是否患慢性病 住房安全 组织机构代码 经营地址 经营范围 行业 所属行业 房东姓名
    配偶姓名 父亲姓名 自然村 原户籍地址 社保卡号
"""


@pytest.fixture(scope="module")
def base() -> Registry:
    return load_registry(())


def words_of(registry: Registry) -> dict[str, str]:
    """Spelling → the one element it always means."""
    elements = registry.elements.values()
    return {label_key(word): e.id for e in elements for word in (e.name, *e.aliases)}


def spelled(registry: Registry, codes: str) -> dict[str, str]:
    """Spelling → label of a code list."""
    entries = registry.code_lists[codes].codes
    return {word: code.label for code in entries for word in (code.label, *code.aliases)}


def test_the_base_pack_has_no_problems(base: Registry) -> None:
    assert [str(problem) for problem in check_registry(base)] == []


def test_every_subject_is_there_with_its_elements(base: Registry) -> None:
    least = {"person": 46, "household": 30, "enterprise": 24}
    assert {subject: len(base.of_subject(subject)) >= count for subject, count in least.items()} == dict.fromkeys(
        least, True
    )


def test_forms_spell_elements_in_thousands_of_ways(base: Registry) -> None:
    assert sum(len(element.aliases) for element in base.elements.values()) >= 3000


@pytest.mark.parametrize(
    ("words", "element"),
    [
        ("姓 名|学生姓名|残疾人姓名|申请人姓名", "person.name"),
        ("身份证|身份证号码|居民身份证号|公民身份证号码|学生身份证号码", "person.id_number"),
        ("出生年月|出生年月日|出生时间|儿童出生日期", "person.birth_date"),
        ("学历|受教育程度|最高学历", "person.education"),
        ("与户主的关系|户主关系", "person.relation_to_head"),
        ("户口所在地|户籍所在地|户籍地", "person.registered_address"),
        ("现居住地址|居住地址|常住地址", "person.residence_address"),
        ("手机|手机号码|联系方式|移动电话|本人电话", "person.phone"),
        ("残疾证号|残疾人证号码", "person.disability_cert_no"),
        ("入党时间|入党年月", "person.party_join_date"),
        ("监护人|法定监护人姓名", "person.guardian_name"),
        ("监护人联系方式|监护人联系电话", "person.guardian_phone"),
        ("户主|户主名字", "household.head_name"),
        ("户主身份证号|户主身份证号码", "household.head_id_number"),
        ("户号|家庭编号", "household.number"),
        ("家庭人口|家庭成员数|户人口", "household.size"),
        ("村|行政村|所在村|村名|村别|村(社区)", "household.village"),
        ("组别|所在组|居民小组", "household.group"),
        ("家庭地址|家庭详细住址", "household.address"),
        ("家庭电话|住宅电话", "household.phone"),
        ("低保户|是否低保|是否享受低保|最低生活保障对象", "household.dibao"),
        ("公司名称|企业（字号）名称|个体工商户名称", "enterprise.name"),
        ("信用代码|社会信用代码", "enterprise.uscc"),
        ("法人|法人代表|法定代表人（经营者）", "enterprise.legal_person"),
        ("注册资金|注册资本金", "enterprise.registered_capital"),
        ("成立时间|注册时间", "enterprise.founded"),
    ],
)
def test_what_forms_call_it(base: Registry, words: str, element: str) -> None:
    known = words_of(base)
    assert {word: known.get(label_key(word)) for word in words.split("|")} == dict.fromkeys(words.split("|"), element)


def test_near_misses_are_no_aliases(base: Registry) -> None:
    known = words_of(base)
    assert [word for word in NEAR_MISSES.split() if label_key(word) in known] == []


@pytest.mark.parametrize(
    ("codes", "spelling", "label"),
    [
        ("ethnicity", "汉", "汉族"),
        ("ethnicity", "毛难族", "毛南族"),
        ("political_status", "党员", "中共党员"),
        ("political_status", "民革会员", "民革党员"),
        ("education", "大专", "大学专科"),
        ("education", "初中文化", "初中"),
        ("education", "硕士研究生毕业", "研究生"),
        ("education", "技校", "技工学校"),
        ("marital_status", "初婚", "已婚"),
        ("marital_status", "离异", "离婚"),
        ("relation", "本人", "户主"),
        ("relation", "次子", "子"),
        ("relation", "养女", "女"),
        ("relation", "丈夫", "配偶"),
        ("relation", "母亲", "父母"),
        ("relation", "外孙女", "孙子女"),
        ("relation", "岳父", "岳父"),
        ("employment_status", "外出打工", "外出务工"),
        ("health_status", "患有慢性病", "慢性病"),
        ("disability_grade", "贰级", "二级"),
        ("pension_insurance", "居民养老", "城乡居民养老保险"),
        ("monitoring", "边缘户", "边缘易致贫户"),
        ("water", "自来水", "集中供水"),
        ("toilet", "三格式", "三格化粪池"),
        ("industry", "C1311", "1311"),
    ],
)
def test_how_values_are_spelled(base: Registry, codes: str, spelling: str, label: str) -> None:
    assert spelled(base, codes)[spelling] == label


def test_national_lists_are_whole(base: Registry) -> None:
    sizes = {name: len(base.code_lists[name].codes) for name in ("ethnicity", "political_status", "industry")}
    assert sizes == {"ethnicity": 58, "political_status": 13, "industry": 1971}


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        stem, _, ending = name.rpartition("_")
        (folder / f"{stem}.{ending}").write_text(text, "utf-8")
    return folder


ELEMENTS = "id,name,kind,codes,unit,sensitivity,share,authority,flags,definition\n"


def test_a_pack_adds_elements_codes_and_words(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "bees",
        elements_csv=ELEMENTS + "household.hives,蜂箱数,integer,,箱,一般,无条件共享,农业农村部门,,蜂箱的数\n",
        codes_csv="list,code,label,parent,aliases\nwater,4,泉水,,山泉水\nwater,1,集中供水,,水管[网|]\n",
        aliases_yaml="words:\n  蜂: 蜜蜂 养蜂\nelements:\n  household.hives:\n    always: '{蜂}箱数'\n"
        "  household.water:\n    in_context: 水路\n",
    )
    registry = load_registry([folder])
    assert registry.element("蜂箱数").aliases == ("蜜蜂箱数", "养蜂箱数")
    assert "水路" in registry.element("household.water").context_aliases
    assert spelled(registry, "water")["山泉水"] == "泉水"
    assert spelled(registry, "water")["水管网"] == "集中供水"
    assert spelled(registry, "water")["自来水"] == "集中供水"
    assert check_registry(registry) == []


def test_a_short_line_has_empty_cells(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", elements_csv=ELEMENTS + "household.hives,蜂箱数,integer\n")
    assert [problem.code for problem in check_registry(load_registry([folder]))] == [
        "element-definition", "element-sensitivity", "element-share", "element-authority",
    ]  # fmt: skip


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elements.csv").write_bytes(ELEMENTS.encode() + "household.hives,蜂箱数".encode("gb18030"))
    with pytest.raises(PackError, match="pack-encoding"):
        load_registry([tmp_path])


def test_a_later_definition_replaces_an_earlier_one(tmp_path: Path) -> None:
    line = "person.phone,联系电话,text,,,个人信息,有条件共享,通信部门,,别的定义\n"
    phone = load_registry([write(tmp_path / "p", elements_csv=ELEMENTS + line)]).element("person.phone")
    assert phone.kind == Kind.TEXT
    assert "手机号码" in phone.aliases


def test_packs_in_the_data_folder_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "packs" / "ours", aliases_yaml="elements:\n  person.phone:\n    always: 电讯号\n")
    monkeypatch.setenv("YICI_HOME", str(tmp_path))
    assert "电讯号" in load_registry().element("person.phone").aliases


def test_everything_unreadable_is_reported_at_once(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "wrong",
        elements_csv=ELEMENTS + "person.a,甲,number,,,,,,,\nperson.b,乙,text,,,,,,secret,\n",
        codes_csv="list,code\nsex,3\n",
        aliases_yaml="elements:\n  person.phone:\n    always: 手机[号\n  person.wing:\n    always: 翅膀\n",
    )
    with pytest.raises(PackError) as caught:
        load_registry([folder, tmp_path / "absent"])
    assert {problem.code for problem in caught.value.problems} == {
        "pack-kind", "pack-flag", "pack-column", "pack-pattern", "alias-element", "pack-missing",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["a: [", "elements: 5", "- 姓名", "elements:\n  person.phone: 手机", "words: 老人"])
def test_yaml_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(PackError, match="pack-yaml"):
        load_registry([write(tmp_path / "p", aliases_yaml=text)])


def test_the_base_pack_comes_first_and_the_offices_own_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = write(tmp_path / "packs" / "our-office")
    monkeypatch.setenv("YICI_HOME", str(tmp_path))
    assert shipped_packs()[0] == BASE_PACK
    assert pack_folders() == [*shipped_packs(), own]


def test_files_are_read_once_until_one_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YICI_HOME", str(tmp_path))
    before = load_registry()
    assert load_registry() is before
    folder = tmp_path / "packs" / "our-office"
    folder.mkdir(parents=True)
    heading = "id,name,kind,codes,unit,sensitivity,share,authority,flags,definition\n"
    (folder / "elements.csv").write_text(
        heading + "household.hives,蜂箱数,integer,,箱,个人信息,有条件共享,农业农村部门,,箱数\n"
    )
    assert "household.hives" in load_registry().elements
    assert "household.hives" not in before.elements
