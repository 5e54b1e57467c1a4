"""`yici serve`."""

from __future__ import annotations

import os

import click

from yici.services.home import data_home


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="地址和端口。")
@click.option("--workers", default=1, show_default=True, help="网页进程数。")
@click.option("--threads", default=4, show_default=True, help="每个网页进程的线程数。")
@click.option(
    "--worker/--no-worker", default=True, help="同时启动一个后台进程；单独运行 yici worker 时用 --no-worker。"
)
@click.option("--demo", is_flag=True, help="演示：建立各岗位的演示账号，登录页可一键登录。")
def serve(bind: str, workers: int, threads: int, worker: bool, demo: bool) -> None:
    """启动网页服务和一个后台进程；Ctrl+C 停止。"""
    home = data_home()
    if demo:
        os.environ["YICI_DEMO"] = "1"
    # The settings of the web must be the first that Django sees in this process.
    from yici.web.server import prepare
    from yici.web.server import serve as run

    prepare(home)
    if os.environ.get("YICI_DEMO") == "1":
        from yici.web.demo_signins import make_demo_accounts

        make_demo_accounts(home)
    click.echo(f"请在浏览器打开 http://{bind}/")
    run(home=home, address=bind, workers=workers, threads=threads, with_worker=worker)
