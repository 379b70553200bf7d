"""The script that measures the loader, with few files."""

import sys

import pytest

from benchmarks import loader


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the peak of memory")
def test_a_few_files(tmp_path, capsys):
    loader.main(["--files", "70", "--folder", str(tmp_path)])
    printed = capsys.readouterr().out
    assert printed.startswith("70 files, 14 MB decoded: ")
    assert "peak of memory" in printed
    assert len(list(tmp_path.rglob("*.png"))) == 70


def test_an_error_in_the_process_is_told(tmp_path):
    loader.write_images(tmp_path, 70)
    (tmp_path / "dark" / "broken.png").write_bytes(b"")
    with pytest.raises(RuntimeError, match=r"the epoch failed: .*broken\.png"):
        loader.measure(tmp_path)
