"""The command line of `yaojian`. Imports no Django: that is for the child processes."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from yaojian.operations.speech import OperationError, both, complain, lament, say, speak_any_terminal

# Management commands that change or inspect the schema act as the owner of the database.
AS_OWNER = frozenset({"provision", "migrate", "makemigrations", "showmigrations", "bench_ledger"})
AS_SEQUENCER = frozenset({"sequence", "mend_log"})
PASSED_ON = {
    "test": ("全部检查与测试", "all checks and tests"),
    "manage": ("Django 管理命令", "a Django management command"),
    "audit": ("核对台账与存证日志", "compare journal and public log"),
    "witness": ("见证人: 为其他机关的日志副署", "a witness for the logs of others"),
    "verify": ("验证存证回执 (离线)", "verify a receipt, offline"),
    "simulate": ("演示数据", "demo data"),
    "bench": ("性能测量", "measure speed"),
    "messages": ("更新译文", "update translations"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    speak_any_terminal()
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser()
    if not given:
        parser.print_help()
        return 0
    if given[0] in PASSED_ON:
        options = argparse.Namespace(run=_PASSED_ON[given[0]], rest=given[1:])
    else:
        options = parser.parse_args(given)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except OperationError as error:
        lament(error)
        return 1
    except OSError as error:  # a full disk, a missing permission: the text says it all
        complain(f"✗ 系统错误: {error}", "the operating system refused; run ./yaojian check")
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yaojian", description="药鉴 / Yaojian")
    commands = parser.add_subparsers(title="命令 / commands", required=True, metavar="COMMAND")

    up = commands.add_parser("up", help=both("启动", "start everything"))
    up.add_argument("--port", type=_port, help=both("端口, 默认 8000", "default 8000"))
    up.add_argument("--data", metavar="DIR", help=both("数据目录, 默认 .yaojian", "data folder"))
    up.add_argument("--no-demo", action="store_true", help=both("不生成演示数据", "without demo data"))
    up.set_defaults(run=_up)

    check = commands.add_parser("check", help=both("诊断", "diagnose this installation"))
    check.add_argument("what", nargs="?", choices=("plans", "journal"))
    check.add_argument("--port", type=_port)
    check.add_argument("--data", metavar="DIR")
    check.set_defaults(run=_check)

    backup = commands.add_parser("backup", help=both("备份", "back up"))
    backup.add_argument("file", metavar="FILE.tar", type=Path)
    backup.add_argument(
        "--with-secrets",
        action="store_true",
        help=both("含解密密钥: 得到文件者可读取全部加密字段", "include the keys that read encrypted fields"),
    )
    backup.add_argument("--data", metavar="DIR")
    backup.set_defaults(run=_backup)

    restore = commands.add_parser("restore", help=both("恢复", "restore a backup"))
    restore.add_argument("file", metavar="FILE.tar", type=Path)
    restore.add_argument("--replace", action="store_true", help=both("覆盖现有数据", "replace existing data"))
    restore.add_argument(
        "--without-key",
        action="store_true",
        help=both("接受加密字段不可读", "accept that encrypted fields stay unreadable"),
    )
    restore.add_argument("--data", metavar="DIR")
    restore.set_defaults(run=_restore)

    for name, (zh, en) in PASSED_ON.items():
        passed = commands.add_parser(name, help=both(zh, en), add_help=False)
        passed.add_argument("rest", nargs=argparse.REMAINDER)
        passed.set_defaults(run=_PASSED_ON[name])

    commands.add_parser("version", help=both("版本", "version")).set_defaults(run=_version)
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("1-65535")
    return number


def _up(options: argparse.Namespace) -> int:
    from yaojian.operations.installation import installation_from_environment
    from yaojian.operations.supervisor import Supervisor

    installation = installation_from_environment(data=options.data, port=options.port)
    return Supervisor(installation, demo=not options.no_demo).run()


def _check(options: argparse.Namespace) -> int:
    if options.what == "plans":
        return _check_plans()
    if options.what is not None:
        return _django([f"check_{options.what}"], data=options.data)
    from yaojian.operations.doctor import diagnose

    return diagnose(data=options.data, port=options.port)


def _check_plans() -> int:
    """Check the packs; they are files, so that no database is needed."""
    return _without_database(["check_plans"])


def _without_database(arguments: list[str]) -> int:
    from yaojian.operations.installation import python_command

    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "yaojian.config.settings"}
    return subprocess.run(python_command("-m", "django", *arguments), env=environment, check=False).returncode


def _backup(options: argparse.Namespace) -> int:
    from yaojian.operations.backup import back_up
    from yaojian.operations.installation import installation_from_environment

    back_up(installation_from_environment(data=options.data), options.file, with_secrets=options.with_secrets)
    return 0


def _restore(options: argparse.Namespace) -> int:
    from yaojian.operations.installation import installation_from_environment
    from yaojian.operations.restore import restore

    restore(
        installation_from_environment(data=options.data),
        options.file,
        replace=options.replace,
        without_key=options.without_key,
    )
    return 0


def _manage(options: argparse.Namespace) -> int:
    if not options.rest:
        raise OperationError("缺少管理命令", "name a management command", cure="./yaojian manage help")
    if options.rest[0] == "changepassword":
        # Django's own command would change a password without leaving an act.
        raise OperationError(
            "请改用 set_password", "use set_password", cure="./yaojian manage set_password NAME"
        )
    return _django(options.rest)


def _simulate(options: argparse.Namespace) -> int:
    return _django(["simulate", *options.rest], prepare=True)


def _bench(options: argparse.Namespace) -> int:
    from yaojian.operations.installation import python_command

    # It measures an installation of its own making; nothing stays between it and Ctrl-C.
    os.execv(sys.executable, python_command("-m", "yaojian.bench", *options.rest))  # noqa: S606


def _verify(options: argparse.Namespace) -> int:
    from yaojian.operations.installation import python_command

    # It needs neither an installation nor a database, and the exit code is the answer.
    verifier = "yaojian.foundation.ledger.transparency.verify"
    os.execv(sys.executable, python_command("-m", verifier, *options.rest))  # noqa: S606


def _witness(options: argparse.Namespace) -> int:
    from yaojian.operations.installation import python_command

    # A witness belongs to somebody else: it needs no installation and leaves none.
    server = "yaojian.foundation.ledger.transparency.witness_server"
    os.execv(sys.executable, python_command("-m", server, *options.rest))  # noqa: S606


def _audit(options: argparse.Namespace) -> int:
    return _django(["audit", *options.rest])


def _messages(options: argparse.Namespace) -> int:
    return _django(["messages", *options.rest])


def _django(arguments: list[str], *, data: str | None = None, prepare: bool = False) -> int:
    """Run a Django command with the running database, or with one that is started for it.

    With `prepare`, what a start sets up is set up first where it has not been.
    """
    from yaojian.operations.database import open_database
    from yaojian.operations.installation import installation_from_environment, python_command
    from yaojian.operations.preparation import Preparation
    from yaojian.operations.speech import Steps

    if arguments[0] == "help" or {"-h", "--help"} & set(arguments):
        return _without_database(arguments)
    installation = installation_from_environment(data=data)
    with open_database(installation, f"yaojian {arguments[0]}") as access:
        preparation = Preparation(installation, access, time.sleep, lambda _child: None)
        if prepare and preparation.needed(demo=False):
            preparation.run(Steps(total=2), demo=False)
        owner_url = access.owner_url if arguments[0] in AS_OWNER else None
        environment = installation.child_environment(access.app_url, owner_url)
        if arguments[0] in AS_SEQUENCER:
            environment = installation.sequencer_environment(access.sequencer_url)
        command = python_command("-m", "django", *arguments)
        return subprocess.run(command, env=environment, check=False).returncode


def _test(options: argparse.Namespace) -> int:
    from yaojian.operations.verification import verify

    if {"-h", "--help"} & set(options.rest):
        say("用法: yaojian test [pytest 参数]", "all checks; what follows goes to pytest")
        return 0
    return verify(options.rest)


def _version(_options: argparse.Namespace) -> int:
    try:
        own = version("yaojian")
    except PackageNotFoundError:
        own = "?"
    print(f"yaojian {own}, Python {sys.version.split()[0]}")
    return 0


_PASSED_ON: dict[str, Callable[[argparse.Namespace], int]] = {
    "manage": _manage,
    "simulate": _simulate,
    "bench": _bench,
    "messages": _messages,
    "test": _test,
    "verify": _verify,
    "witness": _witness,
    "audit": _audit,
}

if __name__ == "__main__":
    sys.exit(main())
