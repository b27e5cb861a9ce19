from orkestra.template.values import Byte, Int, byte_length, finished, from_bytes, go_bytes, plain, type_name


def test_stray_bytes_that_meet_again_form_their_character() -> None:
    first, second = from_bytes("é".encode()[:1]), from_bytes("é".encode()[1:])
    assert finished(first + second) == "é"
    assert finished(first) == "\ufffd"
    assert finished(from_bytes("世".encode()[:2])) == "\ufffd\ufffd"


def test_a_lone_surrogate_of_the_data_is_replaced() -> None:
    assert finished("a\ud800b") == "a\ufffdb"
    assert go_bytes("\ud800") == "\ufffd".encode()
    assert byte_length("\ud800") == 3


def test_plain_gives_python_types() -> None:
    assert type(plain(Int(3))) is int
    assert type(plain(Byte(3))) is int
    assert plain("a") == "a"


def test_type_names() -> None:
    assert [type_name(v) for v in (1, Int(1), Byte(1), 1.0, "", None, [], {}, True)] == [
        *("int64", "int", "uint8", "float64", "string", "<nil>", "[]interface {}", "map[string]interface {}", "bool")
    ]
    assert type_name(2**64) == "float64"
