"""Build the site, in English and Chinese, without a network: ``python -m docs``."""

import argparse
import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "docs" / "_build"


def main(arguments=None):
    """Build the site, or bring the catalogues of translations up to date."""
    parser = argparse.ArgumentParser(prog="python -m docs", description=__doc__)
    parser.add_argument(
        "--runs",
        type=pathlib.Path,
        default=BUILD / "runs",
        help="what python -m minidl.classroom.running --out has written (docs/_build/runs)",
    )
    parser.add_argument(
        "--update-catalogues",
        action="store_true",
        help="bring docs/locale and README.zh.md up to date, and say what is not translated",
    )
    options = parser.parse_args(arguments)
    try:
        from docs import stage, translations

        stage.stage(BUILD / "pages", options.runs)
        if options.update_catalogues:
            return translations.update(BUILD)
        shutil.rmtree(BUILD / "html", ignore_errors=True)  # with pages that are no more
        return translations.check() or _sphinx("en", "html") or _sphinx("zh_CN", "html/zh_CN")
    except ModuleNotFoundError as error:
        print(f"the site needs {error.name}: pip install -e '.[docs]'", file=sys.stderr)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
    return 2


def _sphinx(language, folder):
    """Build the pages of a language; a warning is an error. Return 0 if all went well."""
    from sphinx.cmd.build import main as build

    print(f"{language} → {(BUILD / folder).relative_to(ROOT)}", flush=True)
    strict = ["--fail-on-warning", "--keep-going", "--quiet"]
    how = ["-b", "html", "-c", ROOT / "docs", "-D", f"language={language}"]
    where = ["-d", BUILD / "doctrees" / language, BUILD / "pages", BUILD / folder]
    return build([*strict, *map(str, how + where)])


if __name__ == "__main__":
    sys.exit(main())
