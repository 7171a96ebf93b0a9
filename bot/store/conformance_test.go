package store_test

import (
	"testing"

	"go.uber.org/goleak"

	"shopwarden/bot/store"
	"shopwarden/bot/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// conformance is the one suite that every kind of server must pass.
var conformance = []struct {
	claim string
	test  func(*testing.T, *store.Store)
}{
	{"WhatIsCommittedIsLoaded", whatIsCommittedIsLoaded},
	{"ACommitOnAnOldVersionChangesNothing", aCommitOnAnOldVersionChangesNothing},
	{"ACommitMayTouchManyShopsAndEvents", aCommitMayTouchManyShopsAndEvents},
	{"CommitsOfManyWritersLoseNothing", commitsOfManyWritersLoseNothing},
	{"ZeroRemoves", zeroRemoves},
	{"WakesComeWhenTheyAreDue", wakesComeWhenTheyAreDue},
	{"ListsAreOrderedAndBounded", listsAreOrderedAndBounded},
	{"PenaltiesAreFoundByTheirFirstFact", penaltiesAreFoundByTheirFirstFact},
	{"PenaltiesOutliveCases", penaltiesOutliveCases},
	{"BrokenCasesArePickedInPages", brokenCasesArePickedInPages},
	{"TheEventBehindAFactIsFound", theEventBehindAFactIsFound},
	{"TheLogKeepsTheOrderOfCommit", theLogKeepsTheOrderOfCommit},
	{"AnUnknownShopIsUnknown", anUnknownShopIsUnknown},
	{"IdsMayHoldAnything", idsMayHoldAnything},

	{"AMessageIsClaimedOnceUntilItIsSettled", aMessageIsClaimedOnceUntilItIsSettled},
	{"ALeaseThatRunsOutIsUncertain", aLeaseThatRunsOutIsUncertain},
	{"AMessageThatWaitsComesBackAtItsTime", aMessageThatWaitsComesBackAtItsTime},
	{"ASettlementSaidAgainDoesNotEndTheNextLease", aSettlementSaidAgainDoesNotEndTheNextLease},
	{"AMessageHandedBackAtOnceIsClaimedAtOnce", aMessageHandedBackAtOnceIsClaimedAtOnce},
	{"AMessageFollowsItsGroupAndRemembersDoubt", aMessageFollowsItsGroupAndRemembersDoubt},
	{"WhatFailedStaysSoUntilAnOperatorSaysOtherwise", whatFailedStaysSoUntilAnOperatorSaysOtherwise},
	{"ACaseDueInAThousandYearsIsNotForgottenAtOnce", aCaseDueInAThousandYearsIsNotForgottenAtOnce},
	{"SubjectsAreFoundOfOneShopOnly", subjectsAreFoundOfOneShopOnly},
	{"ALineGoesOutInOrderOneAtATime", aLineGoesOutInOrderOneAtATime},
	{"OneChatsFloodHoldsUpNobodyElse", oneChatsFloodHoldsUpNobodyElse},
	{"MessagesOfAnOlderVersionAreAdoptedOnce", messagesOfAnOlderVersionAreAdoptedOnce},
	{"AnUrgentLaneGetsTheNextRoom", anUrgentLaneGetsTheNextRoom},
	{"AFloodRestsItsChatAndManyRestEverybody", aFloodRestsItsChatAndManyRestEverybody},
	{"AnEarlierLaneGoesFirst", anEarlierLaneGoesFirst},
	{"MessagesOfAGroupGoOutAsOneAndAreEditedAsOne", messagesOfAGroupGoOutAsOneAndAreEditedAsOne},
	{"WhatWasLeftOutOfABundleHasNoMessage", whatWasLeftOutOfABundleHasNoMessage},
	{"WhatRangIsCountedAndWhatWasSparedToo", whatRangIsCountedAndWhatWasSparedToo},
	{"AnEditKnowsWhatItEdits", anEditKnowsWhatItEdits},
	{"EditsOfOneMessageStayInOrder", editsOfOneMessageStayInOrder},
	{"WhatIsWithdrawnIsNotSent", whatIsWithdrawnIsNotSent},
	{"AShelvedMessageIsEditedAndItsKeyIsFreeAgain", aShelvedMessageIsEditedAndItsKeyIsFreeAgain},
	{"AShelvedMessageOfABundleIsEditedInItsRow", aShelvedMessageOfABundleIsEditedInItsRow},
	{"AMessageShelvedInHandIsCorrectedOrNotSent", aMessageShelvedInHandIsCorrectedOrNotSent},
	{"AWithdrawnMessageIsNotSentAgainWhenItsLeaseRunsOut", aWithdrawnMessageIsNotSentAgainWhenItsLeaseRunsOut},
	{"RoutesArePartitions", routesArePartitions},
	{"SettingsComeBack", settingsComeBack},
	{"AChangeOfSettingsStopsACommitThatLoadedBefore", aChangeOfSettingsStopsACommitThatLoadedBefore},
	{"ARemovedShopLeavesNothing", aRemovedShopLeavesNothing},
	{"RemovingAShopAgainCompletesIt", removingAShopAgainCompletesIt},
	{"TrimDropsWhatIsTooOldOnly", trimDropsWhatIsTooOldOnly},
	{"FingerprintsShowEveryDifference", fingerprintsShowEveryDifference},
	{"AMessageOfAnotherPartitionIsRefused", aMessageOfAnotherPartitionIsRefused},
	{"AChatSeesOnlyWhatItIsBoundTo", aChatSeesOnlyWhatItIsBoundTo},
	{"AHalfWrittenBindingShowsNothing", aHalfWrittenBindingShowsNothing},
	{"PausingReachesEveryShop", pausingReachesEveryShop},
	{"APauseKnowsSinceWhen", aPauseKnowsSinceWhen},
	{"ATopicIsMovedWhereItWasBound", aTopicIsMovedWhereItWasBound},
	{"WhatIsTakenBackInTimeIsNotSent", whatIsTakenBackInTimeIsNotSent},
	{"TheRhythmOfAShopComesBack", theRhythmOfAShopComesBack},
	{"AGroupKeepsItsShopsWhenItsIDChanges", aGroupKeepsItsShopsWhenItsIDChanges},
	{"ACodeBindsOneChatOnly", aCodeBindsOneChatOnly},
	{"UpdatesAreKeptInOrderUntilTheyAreDone", updatesAreKeptInOrderUntilTheyAreDone},
	{"ALeaseHasOneOwner", aLeaseHasOneOwner},
	{"ATokenStandsForItsPayload", aTokenStandsForItsPayload},
	{"AJobIsDoneOnce", aJobIsDoneOnce},
	{"AChatAsksForOneFileAtATime", aChatAsksForOneFileAtATime},
	{"ADigestIsClaimedOnceForItsSlot", aDigestIsClaimedOnceForItsSlot},
	{"WhatAShopSaidToTipsComesBack", whatAShopSaidToTipsComesBack},
	{"TheResultOfATipIsBookedOnOneDay", theResultOfATipIsBookedOnOneDay},
	{"ALogIsReadWholeOrNotAtAll", aLogIsReadWholeOrNotAtAll},
	{"BoardsAreClaimedOnce", boardsAreClaimedOnce},
	{"ALookThatWasAskedForDuringAClaimIsNotLost", aLookThatWasAskedForDuringAClaimIsNotLost},
	{"APlanOfBoardsIsCarriedOutAsOne", aPlanOfBoardsIsCarriedOutAsOne},
	{"AnAlarmIsDueUntilItsNextLookIsSet", anAlarmIsDueUntilItsNextLookIsSet},
	{"WhatARemovedShopFollowedIsGone", whatARemovedShopFollowedIsGone},

	{"WhatWasCollectedForAnAppealComesBack", whatWasCollectedForAnAppealComesBack},
	{"OfTwoWhoAddToAnAppealAtOnceNoneIsLost", ofTwoWhoAddToAnAppealAtOnceNoneIsLost},

	{"WhatWasDoneAboutAnAlarmComesBack", whatWasDoneAboutAnAlarmComesBack},
	{"OfTwoWhoTakeAnAlarmAtOnceOneIsFirst", ofTwoWhoTakeAnAlarmAtOnceOneIsFirst},
	{"AnAlarmIsForgottenLongAfterTheLastAct", anAlarmIsForgottenLongAfterTheLastAct},
}

func TestConformanceOnMiniredis(t *testing.T) {
	for _, c := range conformance {
		t.Run(c.claim, func(t *testing.T) {
			url, _ := storetest.Mini(t)
			c.test(t, open(t, url))
		})
	}
}

func TestConformanceOnRedis(t *testing.T) {
	for _, c := range conformance {
		t.Run(c.claim, func(t *testing.T) { c.test(t, open(t, storetest.Redis(t))) })
	}
}

func TestConformanceOnCluster(t *testing.T) {
	s := open(t, storetest.ClusterURL(t))
	for _, c := range conformance {
		t.Run(c.claim, func(t *testing.T) {
			if err := store.FlushAll(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			c.test(t, s)
		})
	}
}

// open connects and closes when the test ends.
func open(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Connect(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// must fails the test on an error and hands on the value.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
