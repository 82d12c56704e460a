import type { Dictionary } from '@/i18n'
import type { RoleName } from '@/features/session/model'

export interface NavItem {
  to: string
  label: Exclude<keyof Dictionary['nav'], 'label' | 'rail'>
}

const item = (to: string, label: NavItem['label']): NavItem => ({ to, label })

const TODAY = item('/today', 'today')
const POLICY = item('/policy', 'policy')
const CALLS = item('/calls', 'calls')
const NOTICES = item('/notices', 'notices')
const MATCH = item('/match', 'match')
const MINE = item('/applications', 'myApplications')
const OFFICE = item('/applications', 'applications')
const LEDGER = item('/ledger', 'ledger')
const BUDGETS = item('/budgets', 'budgets')
const ALARMS = item('/alarms', 'alarms')
const TARGETS = item('/targets', 'targets')
const PAYMENT = item('/payment', 'payment')
const PERFORMANCE = item('/performance', 'performance')
const RECOVERIES = item('/recoveries', 'recoveries')
const EXCEPTIONS = item('/exceptions', 'exceptions')
const PROJECTS = item('/projects', 'projects')
const VOUCHERS = item('/vouchers', 'vouchers')
const WHATIF = item('/whatif', 'whatif')
const EVIDENCE = item('/evidence', 'evidence')
const FACTS = item('/facts', 'facts')
const IMPORT = item('/import', 'import')
const PEOPLE = item('/people', 'people')
const REVIEW = item('/review', 'review')
const PANELS = item('/panels', 'panels')
const DECLARATIONS = item('/declarations', 'declarations')

/** The rail of a role, in groups; a role hides what it may not open. */
export function rail(role: RoleName | undefined): NavItem[][] {
  switch (role) {
    case 'office':
      return [[TODAY, POLICY, CALLS, OFFICE, LEDGER, PANELS, TARGETS, ALARMS], [VOUCHERS, NOTICES, EXCEPTIONS, BUDGETS, PAYMENT, PERFORMANCE, RECOVERIES, PROJECTS], [WHATIF, IMPORT, EVIDENCE], [PEOPLE]]
    case 'finance':
      return [[TODAY, OFFICE, LEDGER, BUDGETS, PAYMENT, RECOVERIES, ALARMS], [VOUCHERS, CALLS, NOTICES, EXCEPTIONS, TARGETS, PERFORMANCE, POLICY, EVIDENCE], [PEOPLE]]
    case 'auditor':
      return [[ALARMS, OFFICE, LEDGER, EVIDENCE], [CALLS, VOUCHERS, NOTICES, EXCEPTIONS, BUDGETS, PAYMENT, RECOVERIES, PERFORMANCE, PROJECTS, PANELS, TARGETS, POLICY, WHATIF], [PEOPLE]]
    case 'reviewer':
      return [[TODAY, REVIEW], [DECLARATIONS], [TARGETS, POLICY, NOTICES, EVIDENCE]]
    case 'admin':
      return [[PEOPLE], [POLICY, WHATIF, EVIDENCE, NOTICES]]
    case 'operator':
      return [[TODAY, FACTS, IMPORT], [POLICY, NOTICES, EVIDENCE], [PEOPLE]]
    case 'data_provider':
      return [[TODAY, FACTS], [POLICY, NOTICES, EVIDENCE], [PEOPLE]]
    case 'org_manager':
    case 'org_member':
      return [[TODAY, MATCH, MINE], [CALLS, VOUCHERS, PROJECTS, PERFORMANCE, FACTS, RECOVERIES, POLICY, NOTICES, EVIDENCE], [PEOPLE]]
    default:
      return [[POLICY, CALLS, NOTICES, TARGETS, EVIDENCE]]
  }
}

/** What is only read gives way to work where a phone has no room for both. */
const READING = [POLICY]

/** Four items at the foot of a phone: the first of the rail. */
export function bottomBar(role: RoleName | undefined): NavItem[] {
  const items = rail(role)
  const [first = []] = items
  return (role && first.length > 4 ? first.filter((i) => !READING.includes(i)) : items.flat()).slice(0, 4)
}

/** Where a role lands: the page that answers its first question. */
export function landing(role: RoleName | undefined): string {
  if (role === 'reviewer') return REVIEW.to
  return rail(role)[0]?.[0]?.to ?? '/policy'
}

/** Pages that are not for every role. The server's access table has the last word; this one lets a page say so at once. */
const OPEN_TO: Record<string, RoleName[]> = {
  '/match': ['org_manager', 'org_member'],
  '/facts': ['org_manager', 'org_member', 'operator', 'data_provider'],
  '/applications': ['office', 'finance', 'auditor', 'org_manager', 'org_member'],
  '/review': ['reviewer'],
  '/declarations': ['reviewer', 'office', 'auditor'],
  '/panels': ['office', 'auditor'],
  '/experts': ['office', 'auditor'],
  '/allocations': ['office', 'finance', 'auditor'],
  '/ledger': ['office', 'finance', 'auditor'],
  '/budgets': ['office', 'finance', 'auditor'],
  '/alarms': ['office', 'finance', 'auditor'],
  '/payment': ['office', 'finance', 'auditor'],
  '/performance': ['office', 'finance', 'auditor', 'org_manager', 'org_member'],
  '/recoveries': ['office', 'finance', 'auditor', 'org_manager', 'org_member'],
  '/exceptions': ['office', 'finance', 'auditor'],
  '/projects': ['office', 'finance', 'auditor', 'org_manager', 'org_member'],
  '/vouchers': ['office', 'finance', 'auditor', 'org_manager', 'org_member'],
  '/exclusions': ['office', 'finance', 'auditor', 'org_manager', 'org_member'],
  '/recovery-proposals': ['office', 'finance', 'auditor'],
  '/import': ['office', 'auditor', 'operator', 'org_manager'],
  '/webhooks': ['org_manager'],
  '/meetings': ['office', 'finance', 'auditor'],
  '/key-lists': ['office', 'finance', 'reviewer', 'auditor'],
  '/objections': ['office', 'finance', 'auditor'],
  '/tasks': ['office', 'finance', 'reviewer', 'auditor'],
  '/figures': ['office'],
  '/whatif': ['office', 'finance', 'auditor', 'admin'],
}

/** Who may open a page; null for everybody. */
export function openTo(path: string): RoleName[] | null {
  return OPEN_TO[`/${path.split('/')[1] ?? ''}`] ?? null
}

export const mayOpen = (role: RoleName | undefined, path: string): boolean => openTo(path)?.some((r) => r === role) ?? true
