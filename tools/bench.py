"""Time the command line on three generated loads: one small template, one large one, and many small ones."""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MSGLINT = Path(sys.executable).with_name("msglint")
ROUNDS = 5


def template(queues: int) -> str:
    """Give a template with that many source queues, each with its own dead-letter queue."""
    lines = ["AWSTemplateFormatVersion: '2010-09-09'", "Resources:"]
    for number in range(queues):
        lines += [
            f"  Orders{number}:",
            "    Type: AWS::SQS::Queue",
            "    Properties:",
            "      ReceiveMessageWaitTimeSeconds: 20",
            "      RedrivePolicy:",
            f"        deadLetterTargetArn: !GetAtt Failed{number}.Arn",
            "        maxReceiveCount: 5",
            f"  Failed{number}:",
            "    Type: AWS::SQS::Queue",
            "    Properties:",
            "      MessageRetentionPeriod: 1209600",
        ]
    return "\n".join(lines) + "\n"


def measure(directory: Path) -> tuple[float, float]:
    """Give the best wall-clock and CPU seconds of some runs over a directory."""
    wall, cpu = [], []
    for _ in range(ROUNDS):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        run = subprocess.run([MSGLINT, "lint", directory], check=False, capture_output=True)
        wall.append(time.perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if run.returncode not in (0, 1):
            sys.exit(run.stderr.decode())
    return min(wall), min(cpu)


def main() -> None:
    """Print one line a load."""
    for title, files, queues in (("small template", 1, 1), ("1 MB template", 1, 3000), ("1000 templates", 1000, 5)):
        with tempfile.TemporaryDirectory() as name:
            for number in range(files):
                (Path(name) / f"orders{number}.yaml").write_text(template(queues), encoding="utf-8")
            wall, cpu = measure(Path(name))
        print(f"{title:16}{wall:7.2f} s  {cpu:7.2f} s CPU")


if __name__ == "__main__":
    main()
