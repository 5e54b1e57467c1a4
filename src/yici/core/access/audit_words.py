"""What the actions of the audit are called, for people who read it."""

from __future__ import annotations

from collections.abc import Mapping

AUDIT_WORDS: Mapping[str, str] = {
    "access.refused": "访问被拒绝",
    "account.add": "新增账号", "account.close": "停用账号", "account.counter": "窗口开通账号",
    "account.refuse": "不启用账号", "account.release": "启用账号",
    "again.answer": "答复又要了一遍", "again.say": "反映又要了一遍", "alias.confirm": "采用别名",
    "answer.add": "填报表上的项", "app.admit": "应用准入", "app.count": "登记应用用量", "app.down": "应用下架",
    "app.exported": "应用数据已导出", "app.imported": "应用数据已入库", "app.nothing": "应用没有数据要搬",
    "app.propose": "申报应用", "app.refuse": "应用不予准入", "app.retire": "应用开始下架",
    "app.return": "应用退回补正", "app.stay": "应用不下架了", "audit.verify": "核验审计链",
    "collection.automatic": "按期自动派发的选择",
    "backup.make": "备份", "backup.restore": "恢复备份",
    "batch.import": "导入台账", "batch.covers": "写明名册范围", "batch.withdraw": "撤回批次",
    "binding.confirm": "确认填报项",
    "burden.export": "导出填表负担", "collection.approve": "采集任务准入", "collection.close": "结束采集任务",
    "collection.reopen": "重新打开采集任务",
    "collection.download": "下载汇总", "collection.merge": "并入采集任务", "collection.propose": "报备采集任务",
    "collection.publish": "派发采集任务", "collection.refuse": "不予采集", "collection.renew": "开下一期采集任务",
    "collection.return": "退回采集任务", "collection.take": "直接取用", "dispute.answer": "答复疑义",
    "dispute.raise": "提出疑义", "dispute.take_back": "撤回疑义", "entry.add": "修改数据", "element.add": "新增数据元",
    "proof.refused": "再确认身份没有通过",
    "factor.add": "启用两步验证", "factor.begin": "开始启用两步验证",
    "factor.codes": "更换备用码", "factor.refused": "两步验证没有通过",
    "factor.remove": "停用两步验证", "factor.require": "要求两步验证", "factor.reset": "重置两步验证",
    "figure.coarse": "看近似统计", "figure.export": "导出统计", "figure.forget": "删除保存的统计",
    "figure.save": "保存统计", "figure.sensitive": "统计敏感信息",
    "filling.miss": "填报记为未报送", "filling.accept": "填报通过", "filling.check": "填报审核通过",
    "filling.reopen": "重新打开填报", "filling.return": "退回填报", "filling.submit": "报送",
    "filling.withdraw": "撤回填报", "grant.add": "授权", "grant.end": "结束授权", "identity.add": "绑定统一身份",
    "identity.remove": "解绑统一身份", "job.cancel": "取消后台任务", "job.file": "下载后台任务的文件",
    "job.start": "开始后台任务", "judgement.add": "判定是否同一个", "limit.reached": "操作太频繁",
    "match.run": "匹配政策", "outside.choose": "改来表填谁",
    "organisation.move": "改部门上下级", "outside.dismiss": "平台外要数不处理", "outside.fill": "来表即填下载",
    "outside.propose": "平台外要数转报备", "outside.receive": "收到平台外的表",
    "outside.reopen": "平台外要数重新处理", "password.change": "修改密码", "password.reset": "重置密码",
    "policy.list": "看政策名单", "roster.download": "下载花名册", "roster.forget": "删除保存的筛选",
    "roster.look": "预览花名册", "roster.save": "保存筛选",
    "score.adjust": "容错或加减分",
    "score.adjust_back": "撤回容错或加减分", "score.answer": "答复考核异议", "score.object": "提出考核异议",
    "score.run": "计分", "signin": "登录", "signin.half": "密码通过，等第二步", "signin.refused": "登录没有通过",
    "signout": "退出登录",
    "template.remember": "记住表样", "token.add": "新增接口令牌", "token.revoke": "停用接口令牌",
    "token.use": "使用接口令牌", "units.save": "保存区划", "value.reveal": "查看敏感值", "word.confirm": "确认词义",
    "word.decide": "决定词义", "word.withdraw": "撤回词义",
}  # fmt: skip


def audit_words(action: str) -> str:
    """What an action is called; itself where it has no name."""
    return AUDIT_WORDS.get(action, action)
