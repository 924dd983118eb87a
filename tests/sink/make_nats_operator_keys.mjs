// node make_nats_operator_keys.mjs > nats_operator_keys.hpp: an operator of NATS, an account of his with JetStream and
// a user of the account, as `nsc` would make them; none of them ever expires. Their keys are nobody's: made here, used
// by tests.
import { generateKeyPairSync, sign } from "node:crypto";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const kinds = { operator: 14 << 3, account: 0, user: 20 << 3 };
const seed_prefix = 18 << 3;

const base32 = (bytes) => {
    const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
    return bits.match(/.{1,5}/g).map((five) => alphabet[parseInt(five.padEnd(5, "0"), 2)]).join("");
};

const with_checksum = (bytes) => {
    let crc = 0;
    for (const byte of bytes) {
        crc ^= byte << 8;
        for (let bit = 0; bit < 8; ++bit) crc = ((crc & 0x8000) !== 0 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
    }
    return Uint8Array.from([...bytes, crc & 0xff, crc >> 8]);
};

const make_key = (kind) => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const secret = Buffer.from(privateKey.export({ format: "jwk" }).d, "base64url");
    const name = Buffer.from(publicKey.export({ format: "jwk" }).x, "base64url");
    return {
        privateKey,
        name: base32(with_checksum([kinds[kind], ...name])),
        seed: base32(with_checksum([seed_prefix | (kinds[kind] >> 5), (kinds[kind] & 31) << 3, ...secret])),
    };
};

const claim = (by, about, name, nats) => {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = { jti: "1", iat: 1700000000, iss: by.name, name, sub: about.name, nats: { ...nats, version: 2 } };
    const text = `${part({ typ: "JWT", alg: "ed25519-nkey" })}.${part(claims)}`;
    return `${text}.${sign(null, Buffer.from(text), by.privateKey).toString("base64url")}`;
};

const operator = make_key("operator");
const account = make_key("account");
const user = make_key("user");
const all = { subs: -1, data: -1, payload: -1 };
const system = make_key("account"); // the servers' own: JetStream speaks in it
const limits = { ...all, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
const stores = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
const operator_jwt = claim(operator, operator, "tests", { type: "operator", system_account: system.name });
const system_jwt = claim(operator, system, "SYS", { type: "account", limits });
const account_jwt = claim(operator, account, "simsync", { type: "account", limits: { ...limits, ...stores } });
const user_jwt = claim(account, user, "simsync", { type: "user", pub: {}, sub: {}, ...all });

const made = {
    operator_jwt,
    system_name: system.name,
    system_jwt,
    account_name: account.name,
    account_jwt,
    user_jwt,
    user_name: user.name,
    user_seed: user.seed,
    account_seed: account.seed,
};
const pieces = (text) => text.match(/.{1,100}/g).map((piece) => `    "${piece}"`).join("\n");
const constants = Object.entries(made).map(([name, text]) => `inline const std::string ${name} =\n${pieces(text)};\n`);
process.stdout.write(`// Made by make_nats_operator_keys.mjs: keys and tokens of nobody, which never expire.
#pragma once

#include <string>

namespace simsync::test
{

// clang-format off
${constants.join("")}// clang-format on

} // namespace simsync::test
`);
