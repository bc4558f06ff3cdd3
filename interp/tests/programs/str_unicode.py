s = "naïve café ☕ 日本語 😀!"
print(len(s), s[2], s[-1], s[-2], s[11], s[::-1], s[3:8])
print(s.upper(), s.find("日"), s.index("😀"), s.count("é"), s.split(), s.replace("☕", "tea"))
for c in "añ€😀":
    print(c, ord(c), hex(ord(c)), len(c), repr(c))
print("é" < "f", "日本" + "語", "😀" * 3, "日" in "日本", list("日本語"))
print("ÀÉ".lower(), "ñ".upper(), "straße".upper(), "ß".isalpha(), "é".isalpha(), "Привет".lower(), "привет".upper())
print("日本".center(8, "*"), "é".ljust(3) + "|", "😀".rjust(3) + "|", "ab".zfill(4))
print("%s|%5s|%-5s|" % ("é", "日", "😀"), f"{'é':>4}|{'日本':<5}|", "{:^5}".format("é"))
print(chr(233), chr(8364), chr(128512))
print({"é": 1}["é"], "é" in {"é"}, "a\u0301", len("a\u0301"))
