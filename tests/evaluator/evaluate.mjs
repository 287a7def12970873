// Reads one question a line from stdin, and answers each with one line:
// {"levels": [[policy, …], …], "requests": [[ARN of a principal, action], …]} → {"allowed": [true, …]} or {"errors": …}.
// Levels are those of SCPs from the root down. Everybody is allowed everything by a policy of their own.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

const OWN = [{ name: 'own', policy: statement('Allow', '*') }]

function statement(effect, action) {
  return { Version: '2012-10-17', Statement: [{ Effect: effect, Action: action, Resource: '*' }] }
}

function simulation(levels, [principal, action]) {
  const serviceControlPolicies = levels.map((policies, place) => ({
    orgIdentifier: `level-${place}`,
    policies: policies.map((policy, number) => ({ name: `policy-${number}`, policy }))
  }))
  return {
    request: {
      principal,
      action,
      resource: { resource: '*', accountId: principal.split(':')[4] },
      contextVariables: { 'aws:PrincipalArn': principal }
    },
    identityPolicies: OWN,
    serviceControlPolicies,
    resourceControlPolicies: []
  }
}

async function answer({ levels, requests }) {
  // The texts are checked once, with a request that there is; the others name actions that need not be real.
  const checked = await runSimulation(simulation(levels, [requests[0][0], 'sts:GetCallerIdentity']), {})
  if (checked.resultType === 'error') return { errors: checked.errors }
  return { allowed: requests.map((one) => runUnsafeSimulation(simulation(levels, one), {}) === 'Allowed') }
}

if (process.argv.includes('--version')) {
  const manifest = new URL('./node_modules/@cloud-copilot/iam-simulate/package.json', import.meta.url)
  console.log(JSON.parse(readFileSync(manifest)).version)
} else {
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await answer(JSON.parse(line))))
  }
}
