// The documents that say where the authorization server is and what it can do: RFC 8414, and SMART App
// Launch 2.2, "Conformance". What is not there is not in them.

/** RFC 8414, section 2. */
export function serverMetadata(publicUrl: string): object {
  const methods = ['private_key_jwt', 'client_secret_basic', 'client_secret_post']
  const algorithms = ['RS384', 'ES384']
  return {
    issuer: publicUrl,
    authorization_endpoint: `${publicUrl}/oauth/authorize`,
    token_endpoint: `${publicUrl}/oauth/token`,
    revocation_endpoint: `${publicUrl}/oauth/revoke`,
    introspection_endpoint: `${publicUrl}/oauth/introspect`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    token_endpoint_auth_methods_supported: [...methods, 'none'],
    token_endpoint_auth_signing_alg_values_supported: algorithms,
    revocation_endpoint_auth_methods_supported: [...methods, 'none'],
    introspection_endpoint_auth_methods_supported: methods,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    scopes_supported: SCOPES,
  }
}

/** SMART 2.2, `.well-known/smart-configuration`. */
export function smartConfiguration(publicUrl: string): object {
  const { response_modes_supported: _modes, ...rest } = { ...known(serverMetadata(publicUrl)) }
  return { ...rest, capabilities: CAPABILITIES }
}

function known(document: object): Readonly<Record<string, unknown>> {
  return { ...document }
}

const SCOPES = [
  ...['patient/*.rs', 'user/*.rs', 'system/*.rs', 'launch/patient', 'offline_access'],
  ...['online_access', 'charts:read', 'monitor:read'],
]

/** No identity tokens, no launch out of another program, no writing. */
const CAPABILITIES = [
  ...['launch-standalone', 'client-public', 'client-confidential-symmetric'],
  ...['client-confidential-asymmetric', 'context-standalone-patient', 'permission-offline'],
  ...['permission-online', 'permission-patient', 'permission-user', 'permission-v1'],
  'permission-v2',
]
