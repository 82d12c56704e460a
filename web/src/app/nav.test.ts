import { expect, it } from 'vitest'
import type { RoleName } from '@/features/session/model'
import { bottomBar, landing, mayOpen, rail } from './nav'

const ROLES: (RoleName | undefined)[] = ['office', 'finance', 'reviewer', 'auditor', 'org_manager', 'org_member', 'operator', 'data_provider', 'admin', 'public', undefined]

it.each(ROLES)('gives %s a place to land, at most four items on a phone, and no item twice', (role) => {
  const items = rail(role).flat().map((i) => i.to)
  expect(items).toContain(landing(role))
  expect(new Set(items).size).toBe(items.length)
  expect(items.filter((to) => !mayOpen(role, to))).toEqual([])
  expect(bottomBar(role).length).toBeLessThanOrEqual(4)
})
it('hides what a role may not open', () => {
  const to = (role: RoleName) => rail(role).flat().map((i) => i.to)
  expect(to('org_member')).not.toContain('/ledger')
  expect(to('office')).not.toContain('/match')
  expect(mayOpen('org_manager', '/ledger/transfers/t1')).toBe(false)
  expect(to('public')).toEqual(['/policy', '/calls', '/notices', '/targets', '/evidence'])
  expect(mayOpen('org_manager', '/allocations/a1')).toBe(false)
  expect(mayOpen(undefined, '/calls/c1')).toBe(true)
})
it('gives an officer’s phone the work before the reading', () => {
  expect(bottomBar('office').map((i) => i.to)).toEqual(['/today', '/calls', '/applications', '/ledger'])
  expect(bottomBar('org_manager').map((i) => i.to)).toEqual(['/today', '/match', '/applications', '/calls'])
})
