"""Run the command line: `python -m msglint`."""

from msglint.cli import main

if __name__ == "__main__":
    main()
