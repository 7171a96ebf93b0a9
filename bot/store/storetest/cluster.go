package storetest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// clusterSlots is how many slots every Redis cluster has.
const clusterSlots = 16384

// Cluster starts three private nodes on the loopback, without replicas, and returns their addresses once every node says
// that the cluster is well. They are stopped when the test ends.
func Cluster(t testing.TB) (addrs []string) {
	t.Helper()
	ports := freePorts(t, 3)
	nodes := make([]*redis.Client, len(ports))
	for i, port := range ports {
		start(t, "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--cluster-enabled", "yes",
			"--cluster-node-timeout", "5000", "--cluster-config-file", "nodes.conf")
		addr := "127.0.0.1:" + strconv.Itoa(port)
		addrs = append(addrs, addr)
		nodes[i] = redis.NewClient(&redis.Options{Addr: addr})
		await(t, "cluster node", func(ctx context.Context) error { return nodes[i].Ping(ctx).Err() })
	}
	join(t, nodes, ports)
	for _, node := range nodes {
		_ = node.Close() // it served
	}
	return addrs
}

// ClusterURL starts a cluster and returns its URL.
func ClusterURL(t testing.TB) string {
	t.Helper()
	return "redis+cluster://" + strings.Join(Cluster(t), ",")
}

// join shares the slots out and lets the nodes meet.
func join(t testing.TB, nodes []*redis.Client, ports []int) {
	t.Helper()
	ctx := t.Context()
	for i, node := range nodes {
		from, to := i*clusterSlots/len(nodes), (i+1)*clusterSlots/len(nodes)-1
		if err := node.ClusterAddSlotsRange(ctx, from, to).Err(); err != nil {
			t.Fatalf("giving out slots: %v", err)
		}
		if err := node.Do(ctx, "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err(); err != nil {
			t.Fatalf("numbering the nodes: %v", err)
		}
	}
	for _, port := range ports[1:] {
		if err := nodes[0].ClusterMeet(ctx, "127.0.0.1", strconv.Itoa(port)).Err(); err != nil {
			t.Fatalf("meeting: %v", err)
		}
	}
	for _, node := range nodes {
		await(t, "cluster", func(ctx context.Context) error { return well(ctx, node, len(nodes)) })
	}
}

// well reports whether a node knows all others and every slot.
func well(ctx context.Context, node *redis.Client, size int) error {
	info, err := node.ClusterInfo(ctx).Result()
	if err != nil {
		return err
	}
	for _, want := range []string{"cluster_state:ok", "cluster_slots_ok:16384", fmt.Sprintf("cluster_known_nodes:%d", size)} {
		if !strings.Contains(info, want) {
			return fmt.Errorf("cluster info lacks %s", want)
		}
	}
	return nil
}
