"""`yici worker`."""

from __future__ import annotations

import logging

import click

from yici.services.home import data_home
from yici.services.jobs.worker import work, work_off


@click.command()
@click.option("--once", is_flag=True, help="做完排队的任务就结束。")
@click.option("--parent", type=int, hidden=True, help="The process that this worker must not outlive.")
def worker(once: bool, parent: int | None) -> None:
    """后台进程：做排队的导入、汇总、名单等任务。可以同时开几个；Ctrl+C 或 SIGTERM 停止，没做完的退回队列。"""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    home = data_home()
    if once:
        work_off(home)
    else:
        work(home, parent=parent)
