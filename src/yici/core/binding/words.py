"""The small vocabulary around element names: who a label is about, and which words add nothing."""

from __future__ import annotations

import re

# A word before an element's name that only says the row or card is about this very subject.
SELF = {
    "person": (
        "本人", "个人", "申请人", "申请者", "学生", "儿童", "少年", "未成年人", "老人", "老年人",
        "高龄老人", "残疾人", "党员", "居民", "村民", "社员", "人员", "成员", "家庭成员", "对象",
        "被保险人", "参保人", "参保人员", "领取人", "持证人", "患者", "病人", "军人", "退役军人",
        "退伍军人", "务工人员", "劳动力", "流动人口", "救助对象", "低保对象", "保障对象", "监测对象",
        "受助人", "受益人", "职工", "员工", "考生", "新生", "孩子", "青年", "妇女", "志愿者", "会员",
        "团员", "权利人", "业主", "承包人", "被照护人", "被探访人", "签约居民", "优抚对象", "特困人员",
        "登记人", "办证人", "留守儿童", "留守老人", "困境儿童", "适龄儿童", "独居老人", "申报人", "干部",
        "代表", "享受人", "缴费人", "参合人", "求职者", "毕业生",
    ),
    "household": (
        "户", "该户", "本户", "农户", "家庭", "住户", "全家", "低保户", "脱贫户", "监测户", "贫困户",
        "户内", "困难家庭", "农村家庭",
    ),
    "enterprise": (
        "企业", "单位", "公司", "本企业", "本单位", "法人单位", "市场主体", "经营主体", "机构", "个体户",
        "个体工商户", "申请单位", "经营者", "店铺", "商户",
    ),
}  # fmt: skip

# Words that a person may add to a name without changing what is asked.
HARMLESS_PREFIX = ("现", "本", "目前", "现在", "当前", "所属", "具体", "详细")
HARMLESS_SUFFIX = ("情况", "信息", "栏")

# The head of the household: a party of its own, known to the pool.
HEAD = ("户主", "户主信息", "户主情况", "户主基本情况", "户主基本信息", "户主本人", "家庭户主", "户主(申请人)")

GUARDIAN = ("监护人", "监护人情况", "监护人信息", "监护人基本情况", "法定监护人", "家庭监护人")

# Labels around a table or group that say only "here it begins".
NEUTRAL = re.compile(
    r"^(?:基本|个人|本人|家庭|主要|其他|相关|有关|人员|成员|农户|住户|企业|单位|登记|联系|身份|自然|概况|信息|情况|资料|数据|内容|方式|一|二|三|四|五|六|七|八|九|十|、|及|和|与)+$"
)

# Parties that are neither the subject nor anybody the pool keeps: whatever follows is theirs.
OTHER_PARTY = re.compile(
    r"配偶|父亲|母亲|父母|爸爸|妈妈|家长|亲属|亲友|子女|担保|代理|委托|受托|经办|承租|出租|转租|房东|负责人|责任人|帮扶|结对|包保|部门|上级|收件|寄件|紧急|介绍人|领导"
    r"|主管|医生|教师|老师|班主任|辅导员|网格长|民警|调查|审核|填表|填报|制表|证明人|推荐人|见证|照料|赡养|扶养|抚养|投资者|投资人|股东|买方|卖方|甲方|乙方|丙方|受让|出让|转让方|死者|逝者"
    r"|施工|设计|监理|建设单位|主管单位|接收|原单位|就读院校|培训机构|中介|经纪|银行信息|抵押|质押|债|项目|课题|法定代表人|法人|财务|安全|技术|统计|物业|楼长|组长|书记|主任|户代表|联络员|志愿服务"
)

# Somebody whose name, telephone or employer a label may ask for: 父亲务工单位 is not the subject's own.
SOMEBODY = re.compile(
    rf"(?:{OTHER_PARTY.pattern}|监护人|户主|爷爷|奶奶|祖父|祖母|外公|外婆|姥姥|姥爷|丈夫|妻子|老伴|爱人|儿子|女儿|儿媳|女婿|长子|次子"
    r"|长女|次女|哥哥|弟弟|姐姐|妹妹|兄弟|姐妹|岳父|岳母|公公|婆婆|孙子|孙女|邻居|护理人|校长|村医|房主|雇主|老板)"
)

# What a person of their own may be called: used to tell a neighbour's name cell from the subject's.
NAME_LIKE = re.compile(r"(?:人|姓名|名字|负责人|主任|书记|医生|员|长|者|师|户名|联系人|代表)$")

UNITS = {
    "元", "万元", "亿元", "千元", "百元", "元/月", "元/年", "元/人", "元/人·年", "万元/年", "亩", "㎡",
    "m²", "m2", "平方米", "平方", "平米", "公顷", "人", "户", "个", "名", "家", "岁", "周岁", "年",
    "月", "月/年", "天", "日", "%", "吨", "千克", "公斤", "斤", "公里", "千米", "米", "厘米", "cm",
    "kg", "次", "人次", "件", "辆", "台", "头", "只", "套", "间", "座", "处", "条", "万千瓦时",
    "千瓦时", "度", "吨标准煤", "吨标煤", "万美元", "美元", "万吨", "万亩", "万人", "万户", "千瓦",
    "立方米",
}  # fmt: skip

COUNT_UNITS = {"人", "户", "个", "名", "家", "人次", "次", "件", "辆", "台", "头", "只", "套", "万人", "万户", "%"}

# Hints in brackets that prescribe how to write, or say who writes: they never change what is asked.
HINT = re.compile(
    r"^(?:如|例|例如|格式|示例|比如|形如|请|按|与|填|打|可|是否|须|需|必|选|精确|保留|单选|多选|可多选|必填|选填|18位|15位|身份证上|阿拉伯|大写|小写|打√|√|勾选|公历|阳历|盖章|公章|签字|全称|简称)"
    r"|是/否|是或否|有/无|男/女|√|打勾|打钩|^[01]?是[01]?否$|\d\s*[、.．]?[男女是否一-龥]+.*\d\s*[、.．]?[一-龥]+|年月日?$|yyyy|YYYY|下拉|^含|^不含|^户主|周岁|^按身份证|^新|^万?元|保留.{1,4}小数|填写|^\d+位|^以.{1,12}为准|字号|^经营者$|主要负责人|元/月|^或"
)

# Names that many offices use for other things too: they bind only beside one of these elements.
NEEDS = {
    "person.residence_type": {
        "person.registered_address", "person.residence_address", "person.relation_to_head", "household.number",
        "household.head_name",
    },
}  # fmt: skip
