from minidl.runtime import files


def test_what_a_killed_process_has_begun_is_swept_away(tmp_path):
    for target in (tmp_path / "a[1].json", tmp_path / ("long" * 20 + ".txt")):
        with files.replacing(target) as temporary:
            begun = temporary.with_name(temporary.name)
            temporary.write_text("{}")
        begun.write_text("begun")  # as if it had not been renamed
        others = [tmp_path / name for name in (".a[2]-12345678.json", ".a[1].json", "other")]
        for other in others:
            other.write_text("")
        files.sweep(target)
        assert sorted(tmp_path.iterdir()) == sorted([target, *others])
        target.unlink()
