import sodium from "libsodium-wrappers";

/** A key pair with which GitHub receives secrets, and which opens what was sealed for it. */
export class SealedBox {
  readonly keyId = "568250167242549743";
  private readonly pair: { publicKey: Uint8Array; privateKey: Uint8Array };

  private constructor(pair: SealedBox["pair"]) {
    this.pair = pair;
  }

  static async make(): Promise<SealedBox> {
    await sodium.ready;
    return new SealedBox(sodium.crypto_box_keypair());
  }

  /** In base64. */
  get publicKey(): string {
    return sodium.to_base64(this.pair.publicKey, sodium.base64_variants.ORIGINAL);
  }

  /** The text in a box that was sealed for this key; undefined when it was sealed for another. */
  open(box: string): string | undefined {
    const { publicKey, privateKey } = this.pair;
    try {
      const sealed = sodium.from_base64(box, sodium.base64_variants.ORIGINAL);
      return sodium.to_string(sodium.crypto_box_seal_open(sealed, publicKey, privateKey));
    } catch {
      return undefined;
    }
  }
}
