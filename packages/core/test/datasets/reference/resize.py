# Images shrunk by scikit-image (Debian's python3-skimage 0.19.3), written to ../fixtures/resize.json:
# 20 of MNIST's test images to 5 x 5, and random ones of other sizes. Usage: python3 resize.py t10k-images-idx3-ubyte.gz
import gzip
import json
import os
import sys

import numpy as np
from skimage.transform import resize

raw = gzip.open(sys.argv[1]).read()
images = np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 28, 28)
cases = []
for index in range(0, 10000, 500):
    image = images[index] / 255.0
    cases.append({"index": index, "pixels": images[index].ravel().tolist(), "from": [28, 28], "to": [5, 5],
                  "divisor": 255, "small": resize(image, (5, 5)).ravel().tolist()})
random = np.random.RandomState(0)
for size, to in [((28, 28), (7, 14)), ((9, 13), (4, 5)), ((6, 6), (6, 6)), ((8, 3), (1, 2)), ((32, 32), (10, 3))]:
    pixels = random.randint(0, 256, size)
    cases.append({"pixels": pixels.ravel().tolist(), "from": list(size), "to": list(to), "divisor": 1,
                  "small": resize(pixels.astype(float), to).ravel().tolist()})
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures")
with open(os.path.join(folder, "resize.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
