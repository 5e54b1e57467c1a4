"""What the command-line library itself says, in Chinese: the one place. LANGUAGE=en leaves its own English.

The library takes its words through gettext; here its modules are handed the words below instead of a catalogue file,
so that they do not depend on the computer's language settings.
"""

from __future__ import annotations

import os

from click import core, decorators, exceptions, formatting, parser, termui, types

WORDS: dict[str, str] = {
    "Usage:": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "Show this message and exit.": "显示本说明。",
    "Show the version and exit.": "显示版本。",
    "%(prog)s, version %(version)s": "%(prog)s %(version)s",
    "default: {default}": "默认：{default}",
    "required": "必填",
    "env var: {var}": "环境变量：{var}",
    "(dynamic)": "（随时而定）",
    "deprecated": "已停用",
    "Aborted!": "已中止。",
    "Error: {message}": "错误：{message}",
    "Try '{command} {option}' for help.": "用 {command} {option} 查看说明。",
    "Missing command.": "没有写命令。",
    "No such command {name!r}.": "没有命令“{name}”。",
    "No such option {name!r}.": "没有选项 {name}。",
    "Did you mean {possibility}?": "是不是 {possibility}？",
    "(Did you mean one of: {possibilities}?)": "（是不是其中之一：{possibilities}？）",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Missing parameter: {param_name}": "缺少参数：{param_name}",
    "Missing {param_type}": "缺少 {param_type}",
    "Choose from:\n\t{choices}": "可选：\n\t{choices}",
    "Invalid value: {message}": "写得不对：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 写得不对：{message}",
    "Could not open file {filename!r}: {message}": "打不开文件“{filename}”：{message}",
    "unknown error": "原因不明",
    "Got unexpected extra argument ({args})": "多出了参数（{args}）。",
    "Got unexpected extra arguments ({args})": "多出了参数（{args}）。",
    "Takes {nargs} values but 1 was given.": "要写 {nargs} 个值，只写了 1 个。",
    "Takes {nargs} values but {len} were given.": "要写 {nargs} 个值，写了 {len} 个。",
    "Argument {name!r} takes {nargs} values.": "参数 {name} 要写 {nargs} 个值。",
    "Option {name!r} requires an argument.": "选项 {name} 后面要写值。",
    "Option {name!r} requires {nargs} arguments.": "选项 {name} 后面要写 {nargs} 个值。",
    "Option {name!r} does not take a value.": "选项 {name} 后面不写值。",
    "{value!r} does not match the format {format}.": "“{value}”的格式应为 {format}，如 2026-06-30。",
    "{value!r} does not match the formats {formats}.": "“{value}”的格式应为其中之一：{formats}。",
    "{value!r} is not {choice}.": "“{value}”不是 {choice}。",
    "{value!r} is not one of {choices}.": "“{value}”不在可选的 {choices} 之中。",
    "{value!r} is not a valid {number_type}.": "“{value}”不是数（{number_type}）。",
    "{value} is not in the range {range}.": "{value} 不在范围 {range} 内。",
    "{value!r} is not a valid boolean. Recognized values: {states}": "“{value}”不是是或否，可写：{states}",
    "{name} {filename!r} does not exist.": "没有这个{name}：{filename}",
    "{name} {filename!r} is a directory.": "{name}“{filename}”是目录。",
    "{name} {filename!r} is a file.": "{name}“{filename}”是文件。",
    "{name} {filename!r} is not readable.": "{name}“{filename}”不能读。",
    "{name} {filename!r} is not writable.": "{name}“{filename}”不能写。",
    "{name} {filename!r} is not executable.": "{name}“{filename}”不能执行。",
    "file": "文件",
    "directory": "目录",
    "path": "路径",
    "File": "文件",
    "Directory": "目录",
    "Path": "路径",
    "Do you want to continue?": "要继续吗？",
    "Repeat for confirmation": "请再输一遍",
    "Error: The two entered values do not match.": "错误：两次输入不一样。",
    "Error: invalid input": "错误：输入不对",
    "Confirm the action without prompting.": "不再询问，直接执行。",
}
_MODULES = (core, decorators, exceptions, formatting, parser, termui, types)


def speak_chinese() -> None:
    """Let the library speak so from now on, unless LANGUAGE asks for English."""
    if os.environ.get("LANGUAGE", "").startswith("en"):
        return
    for module in _MODULES:
        for name, spoken in (("_", _one), ("ngettext", _one_or_many)):
            if hasattr(module, name):
                setattr(module, name, spoken)


def _one(message: str) -> str:
    return WORDS.get(message, message)


def _one_or_many(one: str, many: str, count: int) -> str:
    return WORDS.get(one if count == 1 else many, one if count == 1 else many)
