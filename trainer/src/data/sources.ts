/**
 * The data sets that can be downloaded: who publishes them, and the exact bytes to accept. Pure.
 *
 * Digests were confirmed in several independent public projects that pin them, so no mirror has to be trusted.
 */
import type { Hex } from "../protocol/hex.ts";
import type { DatasetDescription } from "./dataset.ts";

export interface SourceFile {
  readonly name: string;
  readonly byteLength: number;
  readonly sha256: Hex;
}

export interface DatasetSource extends DatasetDescription {
  /** Folders that end in `/`, tried in order. */
  readonly mirrors: readonly string[];
  readonly files: {
    readonly trainImages: SourceFile;
    readonly trainLabels: SourceFile;
    readonly testImages: SourceFile;
    readonly testLabels: SourceFile;
  };
}

/** LeCun, Cortes, Burges. Their own server asks for a password now; these two mirrors serve TensorFlow and PyTorch. */
export const mnistSource: DatasetSource = {
  name: "mnist",
  source: "http://yann.lecun.com/exdb/mnist/",
  licence: "CC-BY-SA-3.0",
  classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  mirrors: ["https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/"],
  files: {
    trainImages: {
      name: "train-images-idx3-ubyte.gz",
      byteLength: 9_912_422,
      sha256: "0x440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    },
    trainLabels: {
      name: "train-labels-idx1-ubyte.gz",
      byteLength: 28_881,
      sha256: "0x3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    },
    testImages: {
      name: "t10k-images-idx3-ubyte.gz",
      byteLength: 1_648_877,
      sha256: "0x8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    },
    testLabels: {
      name: "t10k-labels-idx1-ubyte.gz",
      byteLength: 4_542,
      sha256: "0xf7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
  },
};

/** Xiao, Rasul, Vollgraf (Zalando Research), from their repository at a fixed commit, then the mirror that Keras uses. */
export const fashionMnistSource: DatasetSource = {
  name: "fashion-mnist",
  source: "https://github.com/zalandoresearch/fashion-mnist",
  licence: "MIT",
  classNames: [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
  ],
  mirrors: [
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/b2617bb6d3ffa2e429640350f613e3291e10b141/data/fashion/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
  ],
  files: {
    trainImages: {
      name: "train-images-idx3-ubyte.gz",
      byteLength: 26_421_880,
      sha256: "0x3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    },
    trainLabels: {
      name: "train-labels-idx1-ubyte.gz",
      byteLength: 29_515,
      sha256: "0xa04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    },
    testImages: {
      name: "t10k-images-idx3-ubyte.gz",
      byteLength: 4_422_102,
      sha256: "0x346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    },
    testLabels: {
      name: "t10k-labels-idx1-ubyte.gz",
      byteLength: 5_148,
      sha256: "0x67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
  },
};

/** A data set that comes as one packed archive. */
export interface ArchiveSource {
  /** Also the name of its folder in the cache. */
  readonly name: string;
  /** Folders that end in `/`, tried in order. */
  readonly mirrors: readonly string[];
  /** A gzipped tar. */
  readonly archive: SourceFile;
  /** The files in it that are used, by their last name. */
  readonly members: readonly SourceFile[];
}

const CIFAR_BATCH_BYTES = 30_730_000;

/**
 * Krizhevsky. The archive's length and digest and those of its files are pinned alike by independent projects, among them
 * torchvision for Ruby and GoMLX; the MD5 that the author publishes is c32a1d4ab5d03f1284b67883e8d87530.
 */
export const cifar10Source: ArchiveSource = {
  name: "cifar10",
  mirrors: [
    "https://www.cs.toronto.edu/~kriz/",
    "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/",
  ],
  archive: {
    name: "cifar-10-binary.tar.gz",
    byteLength: 170_052_171,
    sha256: "0xc4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
  },
  members: [
    {
      name: "data_batch_1.bin",
      byteLength: CIFAR_BATCH_BYTES,
      sha256: "0xcee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
    },
    {
      name: "data_batch_2.bin",
      byteLength: CIFAR_BATCH_BYTES,
      sha256: "0xa591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
    },
    {
      name: "data_batch_3.bin",
      byteLength: CIFAR_BATCH_BYTES,
      sha256: "0xbbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
    },
    {
      name: "data_batch_4.bin",
      byteLength: CIFAR_BATCH_BYTES,
      sha256: "0x014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
    },
    {
      name: "data_batch_5.bin",
      byteLength: CIFAR_BATCH_BYTES,
      sha256: "0x755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
    },
    {
      name: "test_batch.bin",
      byteLength: CIFAR_BATCH_BYTES,
      sha256: "0x8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
    },
  ],
};
