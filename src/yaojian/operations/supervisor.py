"""`yaojian up`: database, set-up, web, worker and sequencer as one thing that starts, survives and stops."""

from __future__ import annotations

import signal
import subprocess
import time
import unicodedata
from collections.abc import Sequence
from types import FrameType

import psutil

from yaojian.operations import database, processes
from yaojian.operations.database import DatabaseAccess
from yaojian.operations.installation import Installation
from yaojian.operations.postgres import EmbeddedPostgres
from yaojian.operations.preparation import Preparation, expected
from yaojian.operations.services import (
    Service,
    check_port_free,
    end_orphans,
    rotate_logs,
    sequencer_service,
    wait_until_healthy,
    web_service,
    worker_service,
)
from yaojian.operations.speech import (
    OperationError,
    Steps,
    StopRequested,
    both,
    complain,
    say,
    show,
)

WATCH_EVERY_S = 0.2
DATABASE_RETRIES = 5
DATABASE_RETRY_PAUSE_S = 3.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SETUP_STEP = "setup"


class Supervisor:
    """Everything that `yaojian up` started, and the order in which it comes and goes."""

    def __init__(self, installation: Installation, *, demo: bool) -> None:
        self.installation = installation
        self.demo = demo
        self.server: EmbeddedPostgres | None = None
        self.services: list[Service] = []
        self._setup_step: subprocess.Popen[bytes] | None = None
        self._stop_requested = False

    def run(self) -> int:
        """Run until a stop signal; returns the exit code."""
        for number in STOP_SIGNALS:
            # nohup asked for SIGHUP to be ignored, and means it
            if not (number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN):
                signal.signal(number, self._request_stop)
        with self.installation.locked("up"):
            try:
                self._start()
                self._watch()
            except StopRequested:
                return 0
            finally:
                self._stop()
        return 0

    def _request_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_requested = True

    def pause(self, seconds: float) -> None:
        """Sleep; raises StopRequested when the operator wants to stop."""
        if self._stop_requested:
            raise StopRequested
        time.sleep(seconds)
        if self._stop_requested:
            raise StopRequested

    # --- start ---------------------------------------------------------------------------------

    def _start(self) -> None:
        began = time.monotonic()
        end_orphans(self.installation)
        check_port_free(self.installation)
        rotate_logs(self.installation.log)
        setup_steps = 3 if self.demo else 2
        steps = Steps(total=2 + (setup_steps if expected(self.installation, demo=self.demo) else 0))
        with steps.step("启动数据库", "starting the database"):
            access = self._start_database()
        preparation = Preparation(self.installation, access, self.pause, self._remember_step)
        if preparation.needed(demo=self.demo):
            steps.total = 2 + setup_steps
            preparation.run(steps, demo=self.demo)
        with steps.step("启动网页服务与后台任务", "starting web server and worker"):
            environment = self.installation.child_environment(access.app_url)
            web = web_service(self.installation, environment)
            self.services = [
                web,
                worker_service(self.installation, environment),
                sequencer_service(
                    self.installation, self.installation.sequencer_environment(access.sequencer_url)
                ),
            ]
            for service in self.services:
                service.start()
            wait_until_healthy(self.installation, web, self.pause)
        show(summary(self.installation, preparation.demo_accounts(), time.monotonic() - began))

    def _start_database(self) -> DatabaseAccess:
        if self.installation.database_url:
            return database.prepare_external(self.installation)
        self.server = database.embedded_server(self.installation, say, self.pause)
        self.server.start()
        return database.prepare_embedded(self.server, self.installation)

    def _remember_step(self, child: subprocess.Popen[bytes] | None) -> None:
        self._setup_step = child
        if child is None:
            processes.forget(self.installation.run, SETUP_STEP)
            return
        try:
            processes.record(self.installation.run, SETUP_STEP, child.pid)
        except psutil.NoSuchProcess:  # it has already ended; its exit code tells how
            return

    # --- watch ---------------------------------------------------------------------------------

    def _watch(self) -> None:
        while True:
            self.pause(WATCH_EVERY_S)
            if self.server is not None and self.server.died():
                self._restart_database(self.server)
            for service in self.services:
                service.watch()

    def _restart_database(self, server: EmbeddedPostgres) -> None:
        complain("数据库异常退出, 正在恢复", "the database ended unexpectedly; recovering it")
        for attempt in range(1, DATABASE_RETRIES + 1):
            try:
                server.start()
            except OperationError as error:
                if attempt == DATABASE_RETRIES:
                    raise
                complain(f"数据库恢复失败, 将重试: {error}", "recovery failed; trying again")
                self.pause(DATABASE_RETRY_PAUSE_S)
            else:
                say(
                    "数据库已恢复, 已确认的数据没有丢失",
                    "the database has recovered; nothing acknowledged is lost",
                )
                return

    # --- stop ----------------------------------------------------------------------------------

    def _stop(self) -> None:
        """Stop the web server, the worker, then the database; each even if stopping another one failed."""
        say("正在停止", "stopping")
        stoppers = [service.stop for service in self.services]
        if self._setup_step is not None:
            stoppers.insert(0, self._stop_setup_step)
        if self.server is not None:
            stoppers.append(self.server.stop)
        for stop in stoppers:
            try:
                stop()
            except (OSError, psutil.Error, OperationError) as error:
                complain(f"停止时出错: {error}", "an error while stopping")
        say("已停止", "stopped")

    def _stop_setup_step(self) -> None:
        step = self._setup_step
        if step is None:
            return
        step.terminate()
        try:
            step.wait(10)
        except subprocess.TimeoutExpired:
            step.kill()
            step.wait()
        processes.forget(self.installation.run, SETUP_STEP)


def display_width(text: str) -> int:
    """Columns that a terminal uses for `text`; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def summary(installation: Installation, accounts: Sequence[dict[str, str]], seconds: float) -> str:
    """The framed message that a started installation greets with."""
    host = installation.reachable_host
    shown_host = f"[{host}]" if ":" in host else host
    lines = [
        both(f"药鉴已就绪 ({seconds:.0f} 秒)", f"Yaojian is ready ({seconds:.0f} s)"),
        f"http://{shown_host}:{installation.port}/",
        "",
    ]
    if accounts:
        lines.append(both("演示账号 (用户名  密码  姓名  角色  单位)", "demo accounts"))
        columns = ("username", "password", "name", "role", "organ")
        widths = [max(display_width(str(entry[column])) for entry in accounts) for column in columns]
        for entry in accounts:
            cells = [str(entry[column]) for column in columns]
            padded = [
                cell + " " * (width - display_width(cell)) for cell, width in zip(cells, widths, strict=True)
            ]
            lines.append("  " + "  ".join(padded).rstrip())
        lines.append("")
    else:
        lines.append(both("尚无账号, 用下列命令建立", "no demo accounts; make one with"))
        lines.append(
            "  ./yaojian manage create_account 用户名 --name 姓名 --organ xj.changji --role inspector"
        )
        lines.append("")
    lines.append(both(f"数据目录 {installation.data}", f"data folder {installation.data}"))
    lines.append(both("按 Ctrl-C 停止", "Ctrl-C stops everything"))
    width = max(display_width(line) for line in lines)
    body = [f"│ {line}{' ' * (width - display_width(line))} │" for line in lines]
    return "\n".join(["┌" + "─" * (width + 2) + "┐", *body, "└" + "─" * (width + 2) + "┘"])
