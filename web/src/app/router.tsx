import { lazy, type ComponentType } from 'react'
import { createBrowserRouter, Navigate, Outlet, useLocation, type RouteObject } from 'react-router'
import { EnrolPage, ResetPage, SetupPage } from '@/features/session/EntryPages'
import { ConfirmAddressPage, OptOutPage } from '@/features/message/LinkPages'
import { useSession } from '@/features/session/session'
import { landing, mayOpen, openTo } from './nav'
import { Broken, NotForRole, NotFound } from './NotFound'
import { Shell } from './shell/Shell'

type PageModule = { default: ComponentType }

/** Each page is its own file on the wire: the first load brings the shell and one page. */
function page(load: () => Promise<PageModule>) {
  const Page = lazy(load)
  return <Page />
}

function Home() {
  const session = useSession()
  if (session.setupNeeded) return <Navigate to="/setup" replace />
  if (session.sandbox && !session.signedIn) return <Navigate to="/sign-in" replace /> // its accounts are the way in
  return <Navigate to={landing(session.active?.role)} replace />
}

/** Pages below need somebody signed in; others come back here after signing in. */
function SignedIn() {
  const session = useSession()
  const { pathname, search } = useLocation()
  if (session.signedIn) return mayOpen(session.active?.role, pathname) ? <Outlet /> : <NotForRole roles={openTo(pathname) ?? []} />
  return <Navigate to={`/sign-in?next=${encodeURIComponent(pathname + search)}`} replace />
}

const signedIn: RouteObject[] = [
  { path: 'today', element: page(() => import('@/features/today/TodayPage')) },
  { path: 'match', element: page(() => import('@/features/match/MatchPage')) },
  { path: 'applications', element: page(() => import('@/features/application/ApplicationsPage')) },
  { path: 'applications/:id', element: page(() => import('@/features/application/ApplicationPage')) },
  { path: 'review', element: page(() => import('@/features/review/ReviewsPage')) },
  { path: 'review/:id', element: page(() => import('@/features/review/ScorePage')) },
  { path: 'declarations', element: page(() => import('@/features/review/DeclarationsPage')) },
  { path: 'panels', element: page(() => import('@/features/review/PanelsPage')) },
  { path: 'panels/:id', element: page(() => import('@/features/review/PanelPage')) },
  { path: 'experts', element: page(() => import('@/features/review/ExpertsPage')) },
  { path: 'calls/new', element: page(() => import('@/features/call/CallFormPage')) },
  { path: 'calls/:id/edit', element: page(() => import('@/features/call/CallFormPage')) },
  { path: 'allocations/:id', element: page(() => import('@/features/allocation/AllocationPage')) },
  { path: 'whatif/:measure?', element: page(() => import('@/features/whatif/WhatIfPage')) },
  { path: 'ledger', element: page(() => import('@/features/ledger/LedgerPage')) },
  { path: 'ledger/transfers/:id', element: page(() => import('@/features/ledger/TransferPage')) },
  { path: 'budgets', element: page(() => import('@/features/budget/OrdersPage')) },
  { path: 'budgets/new', element: page(() => import('@/features/budget/WritePage')) },
  { path: 'budgets/:id', element: page(() => import('@/features/budget/OrderPage')) },
  { path: 'alarms', element: page(() => import('@/features/supervision/AlarmsPage')) },
  { path: 'alarms/:id', element: page(() => import('@/features/supervision/AlarmPage')) },
  { path: 'meetings', element: page(() => import('@/features/meeting/MeetingsPage')) },
  { path: 'meetings/:id', element: page(() => import('@/features/meeting/MeetingPage')) },
  { path: 'key-lists', element: page(() => import('@/features/meeting/KeyListsPage')) },
  { path: 'objections', element: page(() => import('@/features/notice/ObjectionsPage')) },
  { path: 'tasks', element: page(() => import('@/features/target/TasksPage')) },
  { path: 'tasks/:id', element: page(() => import('@/features/target/TaskPage')) },
  { path: 'figures/:id', element: page(() => import('@/features/target/FigurePage')) },
  { path: 'payment', element: page(() => import('@/features/payment/PaymentPage')) },
  { path: 'payment/orders', element: page(() => import('@/features/payment/OrdersPage')) },
  { path: 'payment/orders/:id', element: page(() => import('@/features/payment/OrderPage')) },
  { path: 'payment/returns/:id', element: page(() => import('@/features/payment/ReturnPage')) },
  { path: 'payment/unmatched', element: page(() => import('@/features/payment/UnmatchedPage')) },
  { path: 'performance', element: page(() => import('@/features/performance/PerformancePage')) },
  { path: 'performance/:id', element: page(() => import('@/features/performance/ReportPage')) },
  { path: 'recoveries', element: page(() => import('@/features/recovery/RecoveriesPage')) },
  { path: 'recoveries/:id', element: page(() => import('@/features/recovery/RecoveryPage')) },
  { path: 'exceptions', element: page(() => import('@/features/exception/ExceptionsPage')) },
  { path: 'exceptions/:id', element: page(() => import('@/features/exception/ExceptionPage')) },
  { path: 'projects', element: page(() => import('@/features/project/ProjectsPage')) },
  { path: 'projects/new', element: page(() => import('@/features/project/WritePage')) },
  { path: 'projects/:id/edit', element: page(() => import('@/features/project/WritePage')) },
  { path: 'projects/:id/editions/:version', element: page(() => import('@/features/project/EditionPage')) },
  { path: 'projects/:id', element: page(() => import('@/features/project/ProjectPage')) },
  { path: 'vouchers', element: page(() => import('@/features/voucher/VouchersPage')) },
  { path: 'vouchers/:id', element: page(() => import('@/features/voucher/VoucherPage')) },
  { path: 'exclusions', element: page(() => import('@/features/recovery/ExclusionsPage')) },
  { path: 'recovery-proposals', element: page(() => import('@/features/recovery/ProposalsPage')) },
  { path: 'facts', element: page(() => import('@/features/evidence/FactsPage')) },
  { path: 'evidence/facts/:id', element: page(() => import('@/features/evidence/FactPage')) },
  { path: 'people', element: page(() => import('@/features/party/PeoplePage')) },
  { path: 'import', element: page(() => import('@/features/import/ImportPage')) },
  { path: 'import/:id', element: page(() => import('@/features/import/PreviewPage')) },
  { path: 'messages', element: page(() => import('@/features/message/MessagesPage')) },
  { path: 'messages/settings', element: page(() => import('@/features/message/SettingsPage')) },
  { path: 'webhooks', element: page(() => import('@/features/message/WebhooksPage')) },
  { path: 'account', element: page(() => import('@/features/session/AccountPage')) },
]

const open: RouteObject[] = [
  { path: 'policy', element: page(() => import('@/features/policy/LibraryPage')) },
  { path: 'policy/documents/:id', element: page(() => import('@/features/policy/DocumentPage')) },
  { path: 'policy/questions', element: page(() => import('@/features/policy/QuestionsPage')) },
  { path: 'targets', element: page(() => import('@/features/target/TargetsPage')) },
  { path: 'calls', element: page(() => import('@/features/call/CallsPage')) },
  { path: 'calls/:id', element: page(() => import('@/features/call/CallPage')) },
  { path: 'notices', element: page(() => import('@/features/notice/NoticesPage')) },
  { path: 'notices/:id', element: page(() => import('@/features/notice/NoticePage')) },
  { path: 'evidence', element: page(() => import('@/features/evidence/EvidencePage')) },
  { path: 'search', element: page(() => import('@/features/search/SearchPage')) },
]

export function newRouter() {
  const routes: RouteObject[] = [
    { path: '/', element: <Home /> },
    { path: '/sign-in', element: page(() => import('@/features/session/SignInPage')) },
    { path: '/setup', element: <SetupPage /> },
    { path: '/enrol', element: <EnrolPage /> },
    { path: '/reset', element: <ResetPage /> },
    { path: '/confirm-address', element: <ConfirmAddressPage /> },
    { path: '/opt-out', element: <OptOutPage /> },
    { element: <Shell />, errorElement: <Broken />, children: [{ errorElement: <Broken />, children: [...open, { element: <SignedIn />, children: signedIn }, { path: '*', element: <NotFound /> }] }] },
  ]
  // The stories are for whoever builds the console; a release does not carry them.
  if (import.meta.env.DEV) routes.unshift({ path: '/stories', element: page(() => import('@/stories/StoriesPage')) })
  return createBrowserRouter(routes)
}
