"""Where the expressions run: DuckDB in this process, or a Spark standalone cluster started for the run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import ibis

from yaojian.foundation.errors import Misconfigured
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.roll_up.exports import FILES
from yaojian.oversight.plans.roll_up.expressions import Tables, counts

HOST = "127.0.0.1"
PATIENCE_S = 60
WORKER_MEMORY = "1g"


Counted = dict[str, tuple[int, int, int, int]]
"""By province: numerator, denominator, closed, opened later."""


class Engine(Protocol):
    """Counts formulas for every province, all in one statement."""

    def count(self, formulas: Sequence[Formula], as_of: date) -> list[Counted]: ...


def _statement(connection: Any, tables: Tables, formulas: Sequence[Formula], as_of: date) -> str:
    """All formulas as one statement in the engine's own SQL; the first column says which one it is."""
    columns = "province, numerator, denominator, closed, opened_later"
    counted = [str(connection.compile(counts(formula, tables, as_of))) for formula in formulas]
    return " UNION ALL ".join(
        f"SELECT {place} AS place, {columns} FROM ({sql}) AS counted_{place}"  # noqa: S608 — Ibis wrote it
        for place, sql in enumerate(counted)
    )


def _sorted(rows: Iterable[Sequence[Any]], formulas: Sequence[Formula]) -> list[Counted]:
    found: list[Counted] = [{} for _formula in formulas]
    for place, province, *numbers in rows:
        one, two, three, four = (int(number or 0) for number in numbers)
        found[place][province] = (one, two, three, four)
    return found


class DuckEngine:
    """DuckDB over the Parquet files of all provinces below a folder."""

    def __init__(self, folder: Path) -> None:
        self.connection = ibis.duckdb.connect()
        self.tables = Tables(
            **{
                name: self.connection.read_parquet(str(folder / "*" / f"{name}.parquet"), table_name=name)
                for name in FILES
            }
        )

    def count(self, formulas: Sequence[Formula], as_of: date) -> list[Counted]:
        """What formulas come to by province, in their order."""
        statement = _statement(self.connection, self.tables, formulas, as_of)
        return _sorted(self.connection.con.execute(statement).fetchall(), formulas)


class SparkEngine:
    """The same over a Spark session."""

    def __init__(self, folder: Path, session: Any) -> None:
        self.session = session
        self.connection = ibis.pyspark.connect(session)
        for name in FILES:
            files = [str(path) for path in sorted(folder.glob(f"*/{name}.parquet"))]
            session.read.parquet(*files).createOrReplaceTempView(name)
        self.tables = Tables(**{name: self.connection.table(name) for name in FILES})

    def count(self, formulas: Sequence[Formula], as_of: date) -> list[Counted]:
        """What formulas come to by province, in their order."""
        statement = _statement(self.connection, self.tables, formulas, as_of)
        return _sorted([tuple(row) for row in self.session.sql(statement).collect()], formulas)


def java_missing() -> str:
    """Why Spark cannot run here; empty when it can."""
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        return "no Java found: install a JRE of version 17 or set JAVA_HOME"
    return ""


@contextmanager
def spark_cluster(workers: int = 1) -> Iterator[Any]:
    """A session on a standalone cluster (master and workers) that lives as long as the context.

    Raises Misconfigured without Java, or when the cluster does not come up within a minute.
    """
    if reason := java_missing():
        raise Misconfigured(f"Spark cannot run: {reason}.", cure="Install openjdk-17-jre-headless.")
    import pyspark
    from pyspark.sql import SparkSession

    home = str(Path(pyspark.__file__).parent)
    environment = {
        **os.environ,
        "SPARK_HOME": home,
        "SPARK_LOCAL_IP": HOST,
        "PYSPARK_PYTHON": sys.executable,
    }
    os.environ |= {name: environment[name] for name in ("SPARK_HOME", "SPARK_LOCAL_IP", "PYSPARK_PYTHON")}
    port = _free_port()
    master = f"spark://{HOST}:{port}"
    started = [_start(environment, "master.Master", "--host", HOST, "--port", str(port), "--webui-port", "0")]
    session = None
    try:
        _wait_for(port)
        for _number in range(workers):
            options = ("--cores", "2", "--memory", WORKER_MEMORY, "--host", HOST, "--webui-port", "0")
            started.append(_start(environment, "worker.Worker", *options, master))
        session = (
            SparkSession.builder.master(master)
            .appName("yaojian roll-up")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.driver.bindAddress", HOST)
            .config("spark.driver.host", HOST)
            .config("spark.executor.memory", "512m")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        yield session
    finally:
        if session is not None:
            session.stop()
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(timeout=PATIENCE_S)


def _start(environment: dict[str, str], what: str, *options: str) -> subprocess.Popen[bytes]:
    command = [str(Path(environment["SPARK_HOME"]) / "bin" / "spark-class")]
    return subprocess.Popen(  # noqa: S603 — Spark's own launcher with our own words
        [*command, f"org.apache.spark.deploy.{what}", *options],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with socket.socket() as one:
            if one.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.2)
    raise Misconfigured("The Spark master did not come up.", cure="Look whether Java 17 runs here.")
