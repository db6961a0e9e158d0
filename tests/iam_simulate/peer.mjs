// Answers each line on stdin, the policies and calls of somebody, with one line on stdout: what each call comes to, in order.
// It asks the package's engine itself. What the package exports either drops the condition keys and refuses the actions that its list
// of AWS's services does not know, which changes with each release, or fails on every resource policy.
import { createInterface } from 'node:readline'
import { loadPolicy } from '@cloud-copilot/iam-policy'

const engine = new URL('./node_modules/@cloud-copilot/iam-simulate/dist/esm/', import.meta.url)
const { authorize } = await import(new URL('core_engine/CoreSimulatorEngine.js', engine))
const { AwsRequestImpl } = await import(new URL('request/request.js', engine))
const { RequestContextImpl } = await import(new URL('requestContext.js', engine))
const { DiscoveryContextKeyConstraints } = await import(new URL('context_keys/discoveryContextKeyConstraints.js', engine))

const loaded = ({ name, policy }) => loadPolicy(policy, { name })

const levels = (each) => each.map(({ name, policies }) => ({ orgIdentifier: name, policies: policies.map(loaded) }))

function decide({ identity, boundary, session, scps, rcps, calls }) {
  const policies = {
    sessionPolicy: session ? loaded(session) : undefined,
    identityPolicies: identity.map(loaded),
    serviceControlPolicies: levels(scps),
    resourceControlPolicies: levels(rcps),
    permissionBoundaries: boundary ? [loaded(boundary)] : undefined,
    vpcEndpointPolicies: undefined,
    simulationParameters: {
      simulationMode: 'Strict',
      discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]),
    },
    serviceSettings: {},
  }
  return calls.map(({ principal, action, resource, account, context, policy }) => {
    // The last argument: an action that knows no resources asks for `*`, and only `*` matches it.
    const request = new AwsRequestImpl(
      principal, { resource, accountId: account }, action, new RequestContextImpl(context), resource === '*')
    return authorize({ request, ...policies, resourcePolicy: policy ? loaded(policy) : undefined }).result
  })
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    answer = { results: decide(JSON.parse(line)) }
  } catch (error) {
    answer = { error: String(error.stack) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
