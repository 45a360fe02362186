import "reflect-metadata";
import type { webcrypto } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 24 * 60 * 60 * 1000;
/** Browsers refuse certificates that are valid for longer. */
const leafDays = 397;
const renewDays = 30;

export interface Certificate {
  certificate: string;
  key: string;
}

/** Whether a certificate covers exactly these names and stays valid long enough. */
export function covers(pem: string, names: string[]): boolean {
  const certificate = new x509.X509Certificate(pem);
  const covered =
    certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.toJSON() ?? [];
  const listed = covered.map(({ value }) => value);
  const leftDays = (certificate.notAfter.getTime() - Date.now()) / day;
  return (
    leftDays > renewDays &&
    names.length === listed.length &&
    names.every((each) => listed.includes(each))
  );
}

/** A certificate for `names`, signed by an authority of this checkout's own that is made on first use (key file 0600). */
export async function issueCertificate(
  names: string[],
  authority: { certificateFile: string; keyFile: string },
): Promise<Certificate> {
  const issuer = await loadAuthority(authority);
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${names[0]}`,
    issuer: issuer.certificate.subject,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + leafDays * day),
    publicKey: keys.publicKey,
    signingKey: issuer.key,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.1"]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: /^[\d.]+$|:/.test(value) ? "ip" : "dns", value })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate.publicKey),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await exportKey(keys.privateKey) };
}

async function loadAuthority(files: { certificateFile: string; keyFile: string }) {
  if (existsSync(files.certificateFile) && existsSync(files.keyFile)) {
    const [der] = x509.PemConverter.decode(readFileSync(files.keyFile, "utf8"));
    const key = await crypto.subtle.importKey("pkcs8", der as ArrayBuffer, algorithm, true, [
      "sign",
    ]);
    return {
      certificate: new x509.X509Certificate(readFileSync(files.certificateFile, "utf8")),
      key,
    };
  }
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=Slipway local authority",
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 10 * 365 * day),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  writeFileSync(files.keyFile, await exportKey(keys.privateKey), { mode: 0o600 });
  writeFileSync(files.certificateFile, certificate.toString("pem"));
  return { certificate, key: keys.privateKey };
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}
